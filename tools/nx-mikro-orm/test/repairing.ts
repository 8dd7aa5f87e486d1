/** `repair` as it is typed, and what it leaves behind. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import repair from '../src/cli/commands/repair.ts';
import { run } from '../src/run/run.ts';
import type { Sandbox } from './project.ts';
import { type } from './type.ts';

/** What `repair --json` says of one thing that does not fit. */
interface Shown {
  kind: string;
  weight: string;
  about: string[];
  found: string;
  evidence: string[];
  next: string[];
  remedies: string[];
}

export const up = (sandbox: Sandbox) => run(sandbox.project, { direction: 'up' });
export const findingsOf = async ({ project }: Sandbox): Promise<Shown[]> =>
  ((await type(project, repair, ['--json'])).json as { findings: Shown[] }).findings;
export const kindsOf = async (sandbox: Sandbox) => (await findingsOf(sandbox)).map(({ kind }) => kind);
export const mended = async ({ project }: Sandbox, ...words: string[]) =>
  (await type(project, repair, words)).lines.join('\n');
export const lastEntry = async ({ client }: Sandbox) =>
  (
    await client.query<Record<string, unknown>>(
      'select event, revision, direction, statement, reason, message from mikro_orm_migrations_journal order by id desc limit 1',
    )
  ).rows[0] ?? {};

/** Changes the file of a revision. */
export function edit({ project }: Sandbox, name: string, change: (text: string) => string): void {
  const path = join(project.revisions, `${name}.ts`);
  writeFileSync(path, change(readFileSync(path, 'utf8')));
}
