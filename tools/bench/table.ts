import { aligned } from '../nx-mikro-orm/src/text/table.ts';
import type { Case } from './cases.ts';
import type { Finding } from './measure.ts';

const seconds = (value: number) => value.toFixed(3);

/** The findings as lines for a person. */
export function tableOf(cases: readonly Case[], findings: readonly Finding[]): string[] {
  const head = ['against', 'ours s', 'theirs s', 'ours/theirs', 'range', 'reach', ''];
  const body = cases.flatMap(({ name, title }) => {
    const found = findings.filter((finding) => finding.case === name);
    return found.length ? [title, ...found.map(rowOf)] : [];
  });
  const rows = body.filter((row) => Array.isArray(row));
  const lines = aligned([head, ...rows], [1, 2, 3, 4, 5, 6]);
  return [lines.shift() ?? '', ...body.flatMap((row) => (Array.isArray(row) ? [`  ${lines.shift()}`] : ['', row]))];
}

function rowOf({ peer, ours, seconds: theirs, ratio, ratios, target }: Finding): string[] {
  const range = `${Math.min(...ratios).toFixed(2)}-${Math.max(...ratios).toFixed(2)}`;
  const reach = target === undefined ? '' : `<= ${target}`;
  const verdict = target === undefined ? 'no number' : ratio <= target ? 'reached' : 'not reached';
  return [peer, seconds(ours), seconds(theirs), ratio.toFixed(2), range, reach, verdict];
}
