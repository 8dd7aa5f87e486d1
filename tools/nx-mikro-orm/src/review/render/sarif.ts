/** Findings as SARIF 2.1.0, for code scanning. */
import { createHash } from 'node:crypto';
import { relative } from 'node:path';
import { rules } from '../rules/index.ts';
import type { Finding } from '../finding.ts';
import type { JudgedTarget } from '../target.ts';

/** What is wrong with the comments that allow something has no rule of its own. */
const ofComments = [
  { code: 'allow-broken', danger: 'A comment means to allow a finding, and does not.' },
  { code: 'allow-unused', danger: 'A comment allows what is not found any more.' },
];

const descriptors = () => [
  ...rules.map(({ code, class: kind, danger, instead }) => ({
    id: code,
    shortDescription: { text: danger },
    help: { text: `Instead: ${instead}` },
    properties: { tags: [kind] },
  })),
  ...ofComments.map(({ code, danger }) => ({ id: code, shortDescription: { text: danger } })),
];

/** One run; `version` is that of this tool. Places are relative to the folder that it was started in. */
export const sarifOf = (targets: readonly JudgedTarget[], unjudged: readonly string[], version: string) => ({
  $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
  version: '2.1.0',
  runs: [
    {
      tool: { driver: { name: 'nx-mikro-orm', version, rules: descriptors() } },
      columnKind: 'utf16CodeUnits',
      invocations: [
        {
          executionSuccessful: unjudged.length === 0,
          toolExecutionNotifications: unjudged.map((text) => ({ level: 'error', message: { text } })),
        },
      ],
      results: targets.flatMap(resultsOf),
    },
  ],
});

function resultsOf({ file, findings }: JudgedTarget) {
  const uri = uriOf(file);
  const met = new Map<string, number>();
  return findings.map((finding) => {
    const { code, severity, message, instead, line, column } = finding;
    const essence = essenceOf(uri, finding);
    const time = (met.get(essence) ?? 0) + 1;
    met.set(essence, time);
    return {
      ruleId: code,
      level: severity,
      message: { text: `${message}\nInstead: ${instead}` },
      locations: [
        { physicalLocation: { artifactLocation: { uri }, region: { startLine: line, startColumn: column } } },
      ],
      partialFingerprints: { 'statement/v1': createHash('sha256').update(`${essence}\n${time}`).digest('hex') },
    };
  });
}

/** What makes it the same finding when lines move, and when figures change. */
const essenceOf = (uri: string, { code, statement, relation }: Finding): string =>
  [uri, code, relation ?? '', statement.replace(/\s+/g, ' ').trim()].join('\n');

const uriOf = (file: string): string => relative(process.cwd(), file).split(/[\\/]/).map(encodeURIComponent).join('/');
