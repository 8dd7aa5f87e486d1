/** A plan, for a terminal and for a pull request. */
import { typed } from '../../errors.ts';
import { lossLines } from '../../rehearsal/loss.ts';
import { withoutSemicolon } from '../../sql/tokens.ts';
import { rangeOf } from '../held/duration.ts';
import type { PlannedStep, ReviewedPlan, TableLock } from '../target.ts';
import { stopsReaders } from '../trace/locks.ts';
import { briefOf } from './brief.ts';
import { cell, code, fenced, longest } from './markdown.ts';
import { verdictOf } from './verdict.ts';

const whom = ({ lock }: TableLock): string => (stopsReaders(lock) ? 'reads and writes' : 'writes');
const howLong = ({ held }: TableLock): string => (held ? rangeOf(held) : 'nobody knows how long');

const planSize = ({ steps }: ReviewedPlan): string => `${steps.length} revision${steps.length === 1 ? '' : 's'}`;

export function planLines(plan: ReviewedPlan): string[] {
  if (plan.steps.length === 0) return [`Nothing to do: ${plan.database} has everything.`];
  return [
    ...plan.steps.flatMap((step) => [...stepLines(step), '']),
    ...lossPart(plan),
    ...plan.unjudged.map((line) => `careful  ${line}`),
    `${planSize(plan)} for ${plan.database}. Nothing was run. Next: ${typed('up')}`,
  ];
}

const stepLines = (step: PlannedStep): string[] => [
  `-- up ${step.name}${step.transactional ? '' : ', outside of a transaction'}`,
  ...step.statements.map((sql) => `${withoutSemicolon(sql)};`),
  ...(step.runsCode ? ['-- (it runs code against the database, which cannot be shown)'] : []),
  '',
  ...step.locks.map((lock) => `locks    ${lock.relation}: ${whom(lock)}, ${howLong(lock)} (${lock.lock})`),
  ...(step.locks.length === 0 ? ['locks    nobody out of a table that is in use'] : []),
  ...step.rewritten.map((table) => `rewrites ${table}`),
  `back     ${step.irreversible === null ? 'by its down()' : `none: ${step.irreversible}`}`,
  ...briefOf(step.findings, typed(`lint ${step.name}`)),
];

const lossPart = ({ loss }: ReviewedPlan): string[] => {
  const lines = loss ? lossLines(loss) : [];
  return lines.length > 0 ? ['It would destroy:', ...lines.map((line) => `  ${line}`), ''] : [];
};

/** By this, a bot finds the comment that it wrote before, and replaces it. */
const marker = '<!-- nx-mikro-orm plan -->';

/** Begins with one sentence that says whether to merge; harmless steps are counted, and what would be too long is left out. */
export function planMarkdown(plan: ReviewedPlan): string[] {
  const lost = lossPart(plan).slice(1, -1);
  const isHarmless = (step: PlannedStep) => step.findings.length === 0;
  const harmless = plan.steps.filter(isHarmless).length;
  const end = [
    ...(harmless > 0 ? [`${harmless} of ${planSize(plan)} without any finding.`] : []),
    ...plan.unjudged.map((line) => `Careful: ${cell(line)}`),
  ];
  const head = [marker, sentence(plan), ''];
  if (lost.length > 0) head.push('It would destroy:', '', ...lost.map((line) => `- ${cell(line.trim())}`), '');
  const parts = plan.steps.filter((step) => !isHarmless(step)).map(stepMarkdown);
  let left = longest - [...head, ...end].join('\n').length - 200;
  const shown = parts.filter((part) => (left -= part.join('\n').length + 1) > 0);
  const cut = parts.length - shown.length;
  return [
    ...head,
    ...shown.flat(),
    ...(cut > 0 ? [`${cut} more do not fit here: ${code(typed('plan'))}`] : []),
    ...end,
  ];
}

const sentence = (plan: ReviewedPlan): string => {
  const { isReady, why } = verdictOf(plan);
  return `**${isReady ? 'It can be merged' : 'Do not merge yet'}**: ${why}`;
};

const stepMarkdown = (step: PlannedStep): string[] => [
  `### ${code(step.name)}`,
  '',
  ...fenced(step.statements.map((sql) => `${withoutSemicolon(sql)};`)),
  ...step.locks.map((lock) => `- locks ${code(lock.relation)}: ${whom(lock)}, ${howLong(lock)}`),
  ...step.rewritten.map((table) => `- rewrites ${code(table)}`),
  ...(step.irreversible === null ? [] : [`- no way back: ${cell(step.irreversible)}`]),
  ...step.findings.map(
    ({ severity, code: name, message, instead }) =>
      `- **${severity}** ${code(name)}: ${cell(message)}. Instead: ${cell(instead)}`,
  ),
  '',
];
