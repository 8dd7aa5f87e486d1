/** What a `migrations.config.ts`, a MikroORM configuration and a service import. Light: no ORM, no entities. */
export { defineConfig, loadProject, type Config, type Project } from './config.ts';
export { databaseUrl } from './database-url.ts';
export { connect, embeddedUrl, findTarget, type Target } from './postgres/connect/connect.ts';
export type { OnEvent, RunEvent, StepEvent } from './run/events/events.ts';
export { readState } from './run/standing/standing.ts';
export { run } from './run/run.ts';
export type { RunOptions, RunResult } from './run/request.ts';
export { Problem, exits } from './errors.ts';
