import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Ajv } from 'ajv';
import { severities, type Finding } from '../finding.ts';
import { rules } from '../rules/index.ts';
import { sarifOf } from './sarif.ts';

const finding = (more: Partial<Finding> = {}): Finding => ({
  ...{ code: 'index-build', class: 'index_build_blocking', severity: 'error', statement: 'create index on a (b)' },
  ...{ line: 3, column: 7, relation: 'a', lock: 'ShareLock', held: null, message: 'it is built', instead: 'do not' },
  ...more,
});

const one = (findings: Finding[], file = 'a b/c.sql') =>
  sarifOf([{ file, revision: null, findings }], [], '0.1.0').runs[0]!;
const prints = (findings: Finding[], file?: string) =>
  one(findings, file).results.map(({ partialFingerprints }) => partialFingerprints['statement/v1']);

const schemaFile = join(import.meta.dirname, '../../../test/fixtures/sarif-2.1.0.json');

/** The schema of 2.1.0, with the formats that it names. */
const isSarif = new Ajv({
  strict: false,
  allErrors: true,
  unicodeRegExp: false,
  formats: {
    uri: (text: string) => URL.canParse(text),
    'uri-reference': (text: string) => !/[\s<>"{}|\\^`]/.test(text) && URL.canParse(text, 'https://a.example/b/'),
    'date-time': (text: string) => !Number.isNaN(Date.parse(text)),
  },
}).compile(JSON.parse(readFileSync(schemaFile, 'utf8')) as object);

const faults = (log: unknown) => (isSarif(JSON.parse(JSON.stringify(log))) ? [] : isSarif.errors);

describe('SARIF', () => {
  it('is valid by the schema of 2.1.0, with findings of every severity, without any, and where something was not judged', () => {
    const all = severities.flatMap((severity) => rules.map(({ code }) => finding({ code, severity })));
    const files = ['a.sql', '../b/ü "x" {y}|z^`.ts', '/abs/c.ts'].map((file) => ({
      file,
      revision: null,
      findings: all,
    }));
    assert.deepEqual(faults(sarifOf(files, ['c.sql was not judged: it is binary'], '0.1.0')), []);
    assert.deepEqual(faults(sarifOf([], [], '0.1.0')), []);
  });

  it('would not be, with a level, a line or a fingerprint that the schema does not know', () => {
    const log = sarifOf([{ file: 'a.sql', revision: null, findings: [finding({ line: 0 })] }], [], '0.1.0');
    assert.equal(faults(log)?.length, 1);
    const wrong = sarifOf(
      [{ file: 'a.sql', revision: null, findings: [finding({ severity: 'fatal' as 'error' })] }],
      [],
      '0.1.0',
    );
    assert.notDeepEqual(faults(wrong), []);
  });

  it('has what 2.1.0 wants: a driver with its rules, and results that name one of them, a level and a place', () => {
    const { tool, results } = one([finding(), finding({ severity: 'note', code: 'allow-unused' })]);
    const ids = tool.driver.rules.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    for (const { ruleId, level, message, locations } of results) {
      assert.ok(ids.includes(ruleId));
      assert.ok(['none', 'note', 'warning', 'error'].includes(level));
      assert.ok(message.text.length > 0);
      const { artifactLocation, region } = locations[0]!.physicalLocation;
      assert.equal(artifactLocation.uri, 'a%20b/c.sql');
      assert.ok(region.startLine >= 1 && region.startColumn >= 1);
    }
  });

  it('knows a finding again when lines move, layout changes and figures are known', () => {
    const moved = finding({
      line: 30,
      statement: 'create index\n  on a (b)',
      message: 'it is built; 3 s',
      severity: 'note',
    });
    assert.deepEqual(prints([finding()]), prints([moved]));
  });

  it('tells apart two of the same, and the same in another file', () => {
    const [first, second] = prints([finding(), finding()]);
    assert.notEqual(first, second);
    assert.notEqual(first, prints([finding()], 'other.sql')[0]);
  });
});
