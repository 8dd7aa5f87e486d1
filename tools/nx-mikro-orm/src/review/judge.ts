/** From a text to findings: its statements are traced, every rule looks at every one of them. */
import { parseStatements } from '../sql/parse.ts';
import { applyAllowed } from './allow.ts';
import { severities, type Finding } from './finding.ts';
import { rules } from './rules/index.ts';
import { seenIn, type Seen } from './seen.ts';
import type { ScriptOptions, ScriptRunner } from './trace/script.ts';

/** Judges one file of SQL. */
export async function judgeScript(runner: ScriptRunner, text: string, options: ScriptOptions): Promise<Finding[]> {
  const statements = await parseStatements(text);
  const trace = await runner.run(statements, options);
  const seen = seenIn(trace, options.autocommit);
  const findings = seen.flatMap((one) => findingsOf(one, (at) => placeIn(text, at)));
  return applyAllowed(text, statements, findings).sort(inOrder);
}

/** Line and column, from 1. */
interface Place {
  line: number;
  column: number;
}

/** What every rule says of a statement; `place` tells where a character of it is in the file. */
function findingsOf(seen: Seen, place: (at: number) => Place): Finding[] {
  const { text, at } = seen.statement;
  return rules.flatMap((rule) =>
    rule.check(seen).map((found) => ({
      code: rule.code,
      class: rule.class,
      severity: found.severity ?? rule.severity,
      statement: text,
      ...place(at + Math.max((found.position ?? 1) - 1, 0)),
      relation: found.relation ?? null,
      lock: found.lock ?? null,
      message: found.message,
      instead: found.instead ?? rule.instead,
    })),
  );
}

function placeIn(text: string, at: number): Place {
  const before = text.slice(0, at);
  return { line: before.split('\n').length, column: at - before.lastIndexOf('\n') };
}

const inOrder = (a: Finding, b: Finding): number =>
  a.line - b.line || a.column - b.column || severities.indexOf(a.severity) - severities.indexOf(b.severity);
