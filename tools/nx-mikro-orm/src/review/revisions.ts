/** The story of `lint`: what revisions of the history do to a database in use. */
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { Project } from '../config.ts';
import type { Linked } from '../history/revision.ts';
import { withCopies, type OnLeftOut } from '../rehearsal/scratch/database.ts';
import type { OnReplay } from '../rehearsal/scratch/replay.ts';
import { parseStatements, type Statement } from '../sql/parse.ts';
import { mayAllow, readAllowance, type Allowance } from './allow.ts';
import type { Finding } from './finding.ts';
import type { Sizes } from './held/sizes.ts';
import { judgeText, placeIn, type JudgedText } from './judge.ts';
import { preparation } from './prepare.ts';
import { seenIn, type Seen } from './seen.ts';
import { literalsIn, type SourceLiteral } from './source.ts';
import type { Linted, JudgedTarget } from './target.ts';
import type { ScriptTrace } from './trace/script.ts';
import type { TracedState } from './trace/state.ts';
import { traceRevisions, type RevisionTrace } from './trace/walk.ts';

export interface RevisionsOptions {
  /** What is applied before, and is in use. */
  before: readonly Linked[];
  /** What is judged: the release. */
  revisions: readonly Linked[];
  sizes?: Sizes | undefined;
  onReplay: OnReplay;
  onLeftOut: OnLeftOut;
  /** Hears what the statements of a revision did. */
  onSeen?: (name: string, seen: readonly Seen[]) => void;
  onRevision: (at: { number: number; of: number; name: string }) => void;
}

/** Runs revisions on a copy of scratch, and judges them. What they themselves make has nobody yet who would wait for it. */
export async function lintRevisions(project: Project, options: RevisionsOptions): Promise<Linted> {
  const { before, revisions, onReplay, onLeftOut, onRevision } = options;
  const {
    base,
    revisions: traces,
    stopped,
  } = await withCopies(project, before, { prepare: preparation(undefined), onReplay, onLeftOut }, async (take) =>
    traceRevisions(project, await take(), revisions, onRevision),
  );
  const targets: JudgedTarget[] = [];
  for (const trace of traces) targets.push(await targetOf(base, trace, options));
  const left = revisions.slice(traces.length).map(({ name }) => name);
  const failed = traces.at(-1)?.revision.name ?? '';
  // A failure that no finding tells is the runner's own refusal.
  const isTold = targets.at(-1)?.findings.some(({ severity }) => severity === 'error') ?? false;
  return {
    targets,
    unjudged: [
      ...(stopped && !isTold ? [`${failed}: ${stopped.message}`] : []),
      ...left.map((name) => `${name} was not judged, as ${failed} fails before it`),
    ],
  };
}

async function targetOf(
  base: TracedState,
  trace: RevisionTrace,
  { sizes, onSeen }: Pick<RevisionsOptions, 'sizes' | 'onSeen'>,
): Promise<JudgedTarget> {
  const { revision, units, texts, runsCode, transactional } = trace;
  const source = readFileSync(revision.path, 'utf8');
  const end = units.at(-1)?.statements.at(-1)?.after ?? base;
  const seen = seenIn(units, { base, end, autocommit: !transactional });
  onSeen?.(revision.name, seen);
  const file = relative(process.cwd(), revision.path);
  const findings = runsCode ? await judgeSent(source, seen, sizes) : await judgeTexts(source, texts, seen, sizes);
  return { file, revision: revision.name, findings };
}

/** What statements did that were just written into a file. */
export function judgeWritten(
  path: string,
  texts: readonly string[],
  { base, units }: ScriptTrace,
  sizes: Sizes | undefined,
): Promise<Finding[]> {
  const end = units.at(-1)?.statements.at(-1)?.after ?? base;
  return judgeTexts(readFileSync(path, 'utf8'), texts, seenIn(units, { base, end, autocommit: false }), sizes);
}

/** Of a revision of texts, each is where it is written. */
async function judgeTexts(
  source: string,
  texts: readonly string[],
  seen: readonly Seen[],
  sizes: Sizes | undefined,
): Promise<Finding[]> {
  let written: (SourceLiteral | undefined)[] | undefined;
  const findings: Finding[] = [];
  let from = 0;
  for (const [number, text] of texts.entries()) {
    const statements = await parseStatements(text);
    const mine = seen.slice(from, (from += statements.length));
    // To read a file for where its texts are takes longer than to judge most of them.
    const literal = () => (written ??= inTurn(literalsIn(source), texts))[number];
    findings.push(...judgeText({ text, statements }, mine, standing(source, literal, sizes)));
  }
  return findings;
}

/** The literal of each text: of two with the same text, the first is the first one's. */
function inTurn(literals: readonly SourceLiteral[], texts: readonly string[]): (SourceLiteral | undefined)[] {
  let next = 0;
  return texts.map((text) => {
    const at = literals.findIndex(({ value }, index) => index >= next && value === text);
    if (at >= 0) next = at + 1;
    return literals[at];
  });
}

/** Of code, what it sent is looked for in its file; what it put together by itself is told of its first line. */
async function judgeSent(source: string, seen: readonly Seen[], sizes: Sizes | undefined): Promise<Finding[]> {
  const literals = literalsIn(source);
  const findings: Finding[] = [];
  for (const one of seen) {
    const literal = literals.find(({ value }) => value.includes(one.statement.text));
    const text = literal?.value ?? one.statement.text;
    const all = await parseStatements(text);
    const statements: Statement[] = all.filter((each) => each.text === one.statement.text).slice(0, 1);
    findings.push(
      ...judgeText(
        { text, statements },
        [one],
        standing(source, () => literal, sizes),
      ),
    );
  }
  return findings;
}

function standing(source: string, literalOf: () => SourceLiteral | undefined, sizes: Sizes | undefined): JudgedText {
  const above = mayAllow.test(source) ? literalOf() : undefined;
  return {
    place: (at) => placeIn(source, literalOf()?.place(at) ?? Math.max(source.search(/\bup\s*\(/), 0)),
    outside: above ? allowancesAbove(source, above) : [],
    sizes,
  };
}

/** Comments right above the call that the literal is an argument of. */
function allowancesAbove(source: string, { start }: SourceLiteral): Allowance[] {
  const call = source.lastIndexOf('this.', start);
  const lines = source
    .slice(0, call < 0 ? start : call)
    .split('\n')
    .slice(0, -1);
  const found: Allowance[] = [];
  for (let line = lines.length; line > 0; line -= 1) {
    const text = lines[line - 1] ?? '';
    if (!/^\s*\/\//.test(text)) break;
    const read = readAllowance(text);
    if (read) found.unshift({ ...read, of: undefined, place: { line, column: text.search(/\S/) + 1 } });
  }
  return found;
}
