import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, test } from 'node:test';
import { refused } from '../test/refused.ts';
import { isIgnored, loadProject } from './config.ts';

/** Of a setting: what is taken, what is refused, and with which words. */
const settings: Record<string, { valid: string[]; invalid: string[]; says: RegExp }> = {
  stats: { valid: ['undefined', '"figures.json"'], invalid: ['1', 'true'], says: /`stats` must be a file/ },
  lockedSeconds: {
    valid: ['undefined', '{}', '{ warning: 1 }', '{ error: 0.1 }', '{ warning: 1, error: 60 }'],
    invalid: ['5', 'null', '{ warning: 5, error: 1 }', '{ error: "5" }', '{ warning: -1 }'],
    says: /`lockedSeconds` must be two numbers/,
  },
  protected: {
    valid: ['undefined', 'true', 'false', '[]', "['prod', '*.example.com:*/app']", '({ name }) => name === "app"'],
    invalid: ['"prod"', '1', 'null', '[1]', "['']", '{}'],
    says: /`protected` must be true, false, a list/,
  },
  ignore: {
    valid: [
      'undefined',
      '[]',
      "['audit.*', 'public.pg_stat_*', 'spatial_ref_sys', '監査.*']",
      '({ name }) => name === "x"',
    ],
    invalid: ['"audit.*"', 'true', '[1]', "['']", "['a.b.c']", "['.a']", "['a.']", '{}'],
    says: /`ignore` must be a list of patterns such as/,
  },
  afterWrite: {
    valid: ['undefined', '[]', "[['prettier', '--write', '{file}'], ['tsc', '--noEmit']]"],
    invalid: ['"prettier"', "['prettier', '--write']", '[[]]', "[['']]", '[[1]]', '{}'],
    says: /`afterWrite` must be a list of commands/,
  },
};

for (const [name, { valid, invalid, says }] of Object.entries(settings))
  test(`\`${name}\` is checked before anything is done`, async () => {
    const root = mkdtempSync(join(tmpdir(), 'nx-mikro-orm-config-'));
    try {
      for (const [at, value] of [...valid, ...invalid].entries()) {
        const config = `${at}.ts`;
        writeFileSync(join(root, config), `export default { orm: async () => ({}), ${name}: ${value} };`);
        if (valid.includes(value)) await loadProject({ from: root, config });
        else {
          const found = await refused(loadProject({ from: root, config }));
          assert.equal(found.code, 'config-invalid');
          assert.match(found.message, says, value);
        }
      }
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  });

describe('`ignore`: what others own', () => {
  const cases: [pattern: string, ignored: string[], kept: string[]][] = [
    [
      'audit.*',
      ['audit.log', 'audit.touch(integer)', '.audit'],
      ['public.audit', 'audits.log', '.audits', 'x.audit.y'],
    ],
    ['public.spatial_ref_sys', ['public.spatial_ref_sys'], ['gis.spatial_ref_sys', 'public.spatial_ref_sys2']],
    ['public.pg_stat_*', ['public.pg_stat_', 'public.pg_stat_statements'], ['public.pg_sta', 'x.pg_stat_a']],
    ['spatial_ref_sys', ['public.spatial_ref_sys', 'gis.spatial_ref_sys', '.spatial_ref_sys'], ['public.spatial']],
    ['*.log', ['a.log', '.log'], ['a.logs']],
    ['public.touch', ['public.touch(integer)', 'public.touch()', 'public.touch'], ['public.touch_all()']],
    ['public.touch(integer)', ['public.touch(integer)'], ['public.touch(text)']],
    ['public.Log', ['public.Log'], ['public.log']],
    ['public.a+b|c', ['public.a+b|c'], ['public.aab', 'public.c']],
  ];
  const isOne = (ignore: string[], object: string) => {
    const [schema = '', ...name] = object.split('.');
    return isIgnored({ config: { orm: async () => ({ default: {} }), ignore } })(schema, name.join('.'));
  };
  for (const [pattern, ignored, kept] of cases)
    it(pattern, () => {
      for (const object of ignored) assert.ok(isOne([pattern], object), object);
      for (const object of kept) assert.ok(!isOne([pattern], object), object);
    });
  it('a function decides by itself; without the setting, nothing is left out', () => {
    const orm = async () => ({ default: {} });
    const byName = isIgnored({ config: { orm, ignore: ({ schema, name }) => schema === 'a' && name === 'b' } });
    assert.deepEqual([byName('a', 'b'), byName('a', 'c')], [true, false]);
    assert.equal(isIgnored({ config: { orm } })('a', 'b'), false);
  });
});
