import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { reviewing } from '../../../test/reviewing.ts';
import { judgeScript } from '../judge.ts';
import type { Example } from '../rule.ts';
import { rules } from './index.ts';

const school = reviewing();

const codesFor = async (example: string | Example): Promise<string[]> => {
  const { sql, autocommit = false } = typeof example === 'string' ? { sql: example } : example;
  return (await judgeScript(school().runner, sql, { autocommit })).map(({ code }) => code);
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
