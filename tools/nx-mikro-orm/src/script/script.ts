/** Steps forward as a script for psql, for whoever applies them without this engine. */
import { escapeLiteral } from 'pg';
import type { Project } from '../config.ts';
import { problem } from '../errors.ts';
import { contentOf, type Content, type LoadedStep } from '../history/content.ts';
import type { Linked } from '../history/revision.ts';
import { provenanceOf } from '../ledger/provenance.ts';
import { assertRunnable } from '../run/step/runnable.ts';
import { isConcurrent, kindOf } from '../sql/kind.ts';
import { parseStatements } from '../sql/parse.ts';
import { isAlone, separate } from '../sql/separate.ts';
import { withoutSemicolon } from '../sql/tokens.ts';
import { asOurselves, asRevision } from '../postgres/session.ts';
import { Entries } from './entries.ts';
import { guards } from './guards.ts';
import { freshSession } from './fresh-session.ts';

export interface ScriptRequest {
  /** What the database has, and what it gets. */
  before: readonly Linked[];
  revisions: readonly Linked[];
  /** The only name of a database that it accepts; any where undefined. */
  database: string | undefined;
  lockTimeoutMs: number;
}

/** The lines of the script. @throws script-code, and what cannot be run by `up` either */
export async function scriptOf(project: Project, options: ScriptRequest): Promise<string[]> {
  const { before, revisions, database, lockTimeoutMs } = options;
  const steps: LoadedStep[] = [];
  for (const revision of revisions) {
    const loaded = { step: { revision, direction: 'up' as const }, content: await contentOf(revision) };
    await assertRunnable(loaded, false);
    if (loaded.content.runsCode.up) throw problem('script-code', { name: revision.name });
    steps.push(loaded);
  }
  const entries = new Entries(project, await provenanceOf(project.root));
  const names = revisions.map(({ name }) => name);
  const parts = [];
  for (const { step, content } of steps)
    parts.push(
      '',
      `\\echo ${escapeLiteral(`up ${step.revision.name}`)}`,
      ...freshSession,
      ...(await ofStep(entries, step.revision, content, lockTimeoutMs)),
    );
  return [
    `-- From ${before.at(-1)?.name ?? 'base'} to ${names.at(-1) ?? 'base'}: psql -X -f this-file. It stops at the first error; \`up\` continues what was cut.`,
    '\\set ON_ERROR_STOP on',
    '\\set AUTOCOMMIT on',
    '\\set ON_ERROR_ROLLBACK off',
    ...freshSession,
    ...guards(project, { before, names, database }),
    ...entries.open(),
    entries.run(names),
    ...parts,
    '',
    ...freshSession,
    entries.end(),
    `\\echo ${escapeLiteral(`done: ${names.at(-1) ?? 'nothing'}`)}`,
  ];
}

/** A statement, ended so that a comment in its last line does not hide the end. */
const ended = (sql: string): string => {
  const bare = withoutSemicolon(sql);
  return /--[^\n]*$/.test(bare) ? `${bare}\n;` : `${bare};`;
};

const ofStep = (entries: Entries, revision: Linked, content: Content, lockTimeoutMs: number): Promise<string[]> =>
  content.transactional
    ? inside(entries, revision, content, lockTimeoutMs)
    : outside(entries, revision, content, lockTimeoutMs);

/** All of a revision with its rows, or nothing. */
async function inside(entries: Entries, revision: Linked, content: Content, lockTimeoutMs: number): Promise<string[]> {
  const lines = ['begin;'];
  const limit = `set local lock_timeout = ${lockTimeoutMs};`;
  let isFirst = true;
  for (const sql of content.up) {
    const waits: boolean = isFirst && (await kindOf(sql)) === 'validate';
    // A validation at the beginning may wait: it stops no traffic, and nothing that would is held yet.
    if (isFirst) lines.push(waits ? 'set local lock_timeout = 0;' : limit);
    isFirst = waits;
    lines.push(ended(sql));
  }
  return [
    ...lines,
    `${asOurselves};`,
    entries.applied(revision, content),
    entries.finished(revision, content),
    `${asRevision};`,
    'commit;',
  ];
}

/** One statement after the other, each with a row by which the next run knows that it is done. */
async function outside(entries: Entries, revision: Linked, content: Content, lockTimeoutMs: number): Promise<string[]> {
  const lines = [entries.start];
  for (const [at, sql] of (await separate(content.up)).entries()) {
    const one = { revision, number: at + 1, sql };
    const kind = await kindOf(sql);
    if (await isAlone(sql)) {
      // A concurrent build waits for old transactions, as for a lock: a limit would leave an INVALID index behind.
      const isBuild = (await parseStatements(sql)).some(isConcurrent);
      lines.push(
        entries.statement('begun', one),
        `set lock_timeout = ${isBuild ? 0 : lockTimeoutMs};`,
        ended(sql),
        entries.statement('done', one),
      );
    } else
      lines.push(
        `begin; set local lock_timeout = ${kind === 'validate' ? 0 : lockTimeoutMs};`,
        ended(sql),
        `${asOurselves};`,
        entries.statement('done', one),
        `${asRevision};`,
        'commit;',
      );
  }
  return [
    ...lines,
    'begin;',
    `${asOurselves};`,
    entries.applied(revision, content),
    entries.finished(revision, content),
    'commit;',
  ];
}
