/** The service as a process of its own, as it runs in production. */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { token } from './standing.ts';

const main = new URL('../src/main.ts', import.meta.url).pathname;

export type Service = ChildProcessByStdio<null, Readable, Readable>;

/** Starts it with these settings and nothing else of the environment. */
export const start = (settings: NodeJS.ProcessEnv, file = main): Service =>
  spawn(process.execPath, [file], {
    env: { PATH: process.env['PATH'], ADMIN_TOKEN: token, PORT: '0', ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });

/** Reads the log until it says where the service listens; goes on reading, so that the pipe never fills. */
export async function listening(service: Service): Promise<string> {
  let said = '';
  for await (const piece of service.stdout.iterator({ destroyOnReturn: false })) {
    const found = /listening at (http:\/\/[\d.:]+)/.exec((said += String(piece)))?.[1];
    if (!found) continue;
    service.stdout.resume();
    return found;
  }
  throw new Error(`It never listened: ${said}${await text(service.stderr)}`);
}

/** How it ended: code and signal. */
export const ended = async (service: Service): Promise<unknown[]> => once(service, 'exit');
