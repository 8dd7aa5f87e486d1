import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Problem } from '../../errors.ts';
import { linkHistory, onlyHead } from '../../history/graph.ts';
import { readRevisions } from '../../history/read.ts';
import { isInterrupted, recoverReplacement, replaceRevisions, writeDraft } from './replaced.ts';

const old = ['Migration20260101000000_a', 'Migration20260101000001_b', 'Migration20260101000002_c'];
const draft = 'Migration20260201000000_all';

/** A folder with three revisions. */
async function withFolder(work: (folder: string) => Promise<void> | void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'replaced-'));
  try {
    for (const [at, name] of old.entries())
      writeFileSync(
        join(folder, `${name}.ts`),
        `class X { static readonly revises = ${at ? `'${old[at - 1]}'` : 'null'}; }`,
      );
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const replace = (folder: string, onChange?: () => void): void => {
  const before = readRevisions(folder);
  const [one] = writeDraft(
    folder,
    draft,
    `class X { static readonly revises = null; static readonly replaces = ${JSON.stringify(old)}; }`,
  );
  assert.ok(one, 'no revision');
  replaceRevisions(folder, one, before, onChange);
};

const files = (folder: string): string[] => readdirSync(folder, { recursive: true }).map(String).sort();
const whole = [`${draft}.ts`, 'replaced', ...old.map((name) => `replaced/${name}.ts`)].sort();

/** Does nothing until the `count`th change, and then `then`. */
const at = (count: number, then: () => void) => {
  let seen = 0;
  return () => {
    if (++seen === count) then();
  };
};
const changes = 9;

test('the new file is there, the old ones are aside, and nothing else is left', () =>
  withFolder((folder) => {
    let seen = 0;
    replace(folder, () => seen++);
    assert.equal(seen, changes, 'the tests below stop at each of them');
    assert.deepEqual(files(folder), whole);
  }));

for (let count = 1; count <= changes; count++) {
  const stop = () => {
    throw new Error('stopped');
  };

  test(`stopped after change ${count} of ${changes}: the history is whole or refused, and the next run finishes it`, () =>
    withFolder((folder) => {
      assert.throws(() => replace(folder, at(count, stop)), /stopped/);
      const place = headOf(folder);
      assert.ok(['two-heads', draft, old.at(-1)].includes(place), `what other commands find: ${place}`);
      const finished = recoverReplacement(folder);
      if (count < changes) assert.equal(finished, draft);
      assert.deepEqual(files(folder), whole);
      assert.equal(recoverReplacement(folder), undefined, 'nothing more to do');
    }));

  test(`stopped after change ${count} of ${changes}, and a revision came since: everything is put back`, () =>
    withFolder((folder) => {
      const before = files(folder);
      const texts = () => old.map((name) => readFileSync(join(folder, `${name}.ts`), 'utf8'));
      const written = texts();
      assert.throws(() => replace(folder, at(count, stop)), /stopped/);
      if (!isInterrupted(folder)) return;
      const newer = 'Migration20260102000000_d.ts';
      writeFileSync(join(folder, newer), `class X { static readonly revises = '${old.at(-1)}'; }`);
      assert.equal(recoverReplacement(folder), undefined);
      assert.deepEqual(files(folder), [...before, newer].sort());
      assert.deepEqual(texts(), written);
      assert.equal(headOf(folder), newer.replace('.ts', ''));
    }));

  test(`killed after change ${count} of ${changes}: the next run finishes it`, () =>
    withFolder((folder) => {
      const script = `
        import { readRevisions } from ${JSON.stringify(join(import.meta.dirname, '../../history/read.ts'))};
        import { replaceRevisions, writeDraft } from ${JSON.stringify(join(import.meta.dirname, 'replaced.ts'))};
        const before = readRevisions(${JSON.stringify(folder)});
        const [one] = writeDraft(${JSON.stringify(folder)}, '${draft}', 'class X { static readonly revises = null; }');
        let seen = 0;
        replaceRevisions(${JSON.stringify(folder)}, one, before, () => { if (++seen === ${count}) process.kill(process.pid, 'SIGKILL'); });`;
      const { signal } = spawnSync(process.execPath, ['--input-type=module', '-e', script]);
      assert.equal(signal, 'SIGKILL');
      recoverReplacement(folder);
      assert.deepEqual(files(folder), whole);
    }));
}

test('killed while the draft was being proven: the history is as it was', () =>
  withFolder((folder) => {
    const before = files(folder);
    writeDraft(folder, draft, 'half a dra');
    assert.equal(headOf(folder), old.at(-1));
    assert.equal(recoverReplacement(folder), undefined);
    assert.deepEqual(files(folder), before);
  }));

test('a new revision that was edited after the interruption is not thrown away', () =>
  withFolder((folder) => {
    assert.throws(
      () =>
        replace(
          folder,
          at(3, () => {
            throw new Error('stopped');
          }),
        ),
      /stopped/,
    );
    writeFileSync(join(folder, `${draft}.ts`), 'edited');
    const before = files(folder);
    assert.throws(() => recoverReplacement(folder), { code: 'rebuild-interrupted' });
    assert.deepEqual(files(folder), before);
  }));

/** Where the history stands for every other command: its head, or the code of the refusal. */
function headOf(folder: string): string | undefined {
  try {
    return onlyHead(linkHistory(readRevisions(folder)));
  } catch (error) {
    assert.ok(error instanceof Problem, String(error));
    assert.match(error.message, /a rebuild was interrupted half-way/);
    return error.code;
  }
}
