import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { withCopies } from '../../rehearsal/scratch/database.ts';
import { withProject } from '../../../test/project.ts';
import { judgeScript } from '../judge.ts';
import { preparation } from '../prepare.ts';
import type { Example } from '../rule.ts';
import { ScriptRunner } from '../trace/script.ts';
import { rules } from './index.ts';

const file = join(import.meta.dirname, '../../../corpus/review/base.sql');

let runner: ScriptRunner;
let finish: () => void = () => undefined;
let gone: Promise<void> = Promise.resolve();

before(
  () =>
    new Promise<void>((ready, failed) => {
      gone = withProject(({ project }) =>
        withCopies(project, [], { prepare: preparation({ file, text: readFileSync(file, 'utf8') }) }, async (take) => {
          runner = await ScriptRunner.on(take);
          await new Promise<void>((end) => {
            finish = end;
            ready();
          });
        }),
      );
      gone.catch(failed);
    }),
);
after(() => {
  finish();
  return gone;
});

const codesFor = async (example: string | Example): Promise<string[]> => {
  const { sql, autocommit = false } = typeof example === 'string' ? { sql: example } : example;
  return (await judgeScript(runner, sql, { autocommit })).map(({ code }) => code);
};

const title = (example: string | Example): string => (typeof example === 'string' ? example : example.sql);

describe('rules', () => {
  it('have names of their own', () => {
    const codes = rules.map(({ code }) => code);
    assert.deepEqual(
      codes.filter((code, at) => codes.indexOf(code) !== at),
      [],
    );
  });
  for (const { code, bad, good } of rules) {
    for (const example of bad)
      it(`${code} finds: ${title(example)}`, async () => assert.ok((await codesFor(example)).includes(code)));
    for (const example of good)
      it(`${code} leaves alone: ${title(example)}`, async () => assert.ok(!(await codesFor(example)).includes(code)));
  }
});
