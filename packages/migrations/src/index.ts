/** What a service may ask: where the database is, whether it stands at this build's history, how MikroORM is set up. */
export { databaseUrl } from './database.ts';
export { readiness, type Query, type Readiness } from './gate.ts';

/** The shared MikroORM configuration, imported only when asked for: the gate alone stays light. */
export const ormConfig = async () => (await import('../mikro-orm.config.ts')).default();
