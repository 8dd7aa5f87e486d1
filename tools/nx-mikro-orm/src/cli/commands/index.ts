import type { Command } from './command.ts';

/**
 * Every command, by the name that is typed. A new command is a file in this folder and a line here; help, Nx targets,
 * executors and docs/commands.md follow from it. Each is imported only when it runs, to keep the idle ones fast.
 */
export const commands = {
  create: () => import('./create.ts'),
  up: () => import('./up.ts'),
  down: () => import('./down.ts'),
  switch: () => import('./switch.ts'),
  status: () => import('./status.ts'),
  current: () => import('./current.ts'),
  history: () => import('./history.ts'),
  journal: () => import('./journal.ts'),
  heads: () => import('./heads.ts'),
  show: () => import('./show.ts'),
  check: () => import('./check.ts'),
  plan: () => import('./plan.ts'),
  sql: () => import('./sql.ts'),
  lint: () => import('./lint.ts'),
  stats: () => import('./stats.ts'),
  verify: () => import('./verify.ts'),
  inspect: () => import('./inspect.ts'),
  stamp: () => import('./stamp.ts'),
  repair: () => import('./repair.ts'),
  baseline: () => import('./baseline.ts'),
  rebuild: () => import('./rebuild.ts'),
  fresh: () => import('./fresh.ts'),
  init: () => import('./init.ts'),
  doctor: () => import('./doctor.ts'),
  url: () => import('./url.ts'),
  psql: () => import('./psql.ts'),
  'db-stop': () => import('./db-stop.ts'),
  completion: () => import('./completion.ts'),
};

export type CommandName = keyof typeof commands;

/** Loads the definition of one command. */
export const load = async (name: CommandName): Promise<Command> =>
  (await commands[name]()).default as unknown as Command;

/** Loads the definitions of all commands, in the order of the table. */
export const loadAll = async (): Promise<Record<string, Command>> =>
  Object.fromEntries(
    await Promise.all((Object.keys(commands) as CommandName[]).map(async (name) => [name, await load(name)] as const)),
  );
