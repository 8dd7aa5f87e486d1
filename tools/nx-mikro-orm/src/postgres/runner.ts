import type { Client } from 'pg';
import type { Project } from '../config.ts';
import { urlOf, type Target } from './connect/connect.ts';
import { withLock, type Lock } from './lock.ts';
import { openSession, type Session } from './session.ts';

/** The only runner at work on a database: the connection that runs revisions, the session behind it, and the lock. */
export interface Runner extends Session {
  project: Project;
  client: Client;
  target: Target;
  /** The address that the connection really has. */
  url: string;
  lock: Lock;
}

export interface RunnerOptions {
  /** What others that wait for the lock are told. */
  doing: string;
  /** How long to wait for another runner, in milliseconds. Default 60 s. */
  waitMs?: number | undefined;
  onWaiting?: ((holder: string, waitedMs: number) => void) | undefined;
}

/**
 * Runs `work` as the only runner on the database of a connection. What is found out in it stays true until its end.
 * @throws lock-held, read-only-database, transaction-pooler
 */
export async function asOnlyRunner<T>(
  project: Project,
  { client, target }: { client: Client; target: Target },
  { doing, waitMs = 60_000, onWaiting = () => undefined }: RunnerOptions,
  work: (runner: Runner) => Promise<T>,
): Promise<T> {
  const url = urlOf(target, client);
  const userSchema = project.config.userSchema === true;
  const session = await openSession(client, { url, shown: target.shown, doing, userSchema });
  return withLock(project, { url, shown: target.shown, waitMs, doing, onWaiting }, (lock) =>
    work({ project, client, target, url, ...session, lock }),
  );
}
