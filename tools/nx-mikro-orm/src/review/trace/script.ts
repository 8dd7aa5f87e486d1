/** The statements of a text, run in one transaction or each by itself. */
import type { Copy } from '../../rehearsal/scratch/database.ts';
import type { Statement } from '../../sql/parse.ts';
import { transactionWord } from '../../sql/transaction.ts';
import { makeRoles } from './roles.ts';
import type { TracedState } from './state.ts';
import { Tracer, type Refused, type Traced, type Unit } from './trace.ts';

/** What a text did: its units in order, and the state that it found. */
export interface ScriptTrace {
  base: TracedState;
  units: Unit[];
}

export interface ScriptOptions {
  /** Each statement commits by itself, but between `begin` and `commit`. */
  autocommit: boolean;
}

/** Runs scripts; those that leave nothing behind share one copy, each of the others has its own. */
export class ScriptRunner {
  readonly #take: () => Promise<Copy>;
  readonly #shared: Tracer;
  /** A copy on which nothing was left. */
  #spare: Tracer | undefined;

  private constructor(shared: Tracer, take: () => Promise<Copy>) {
    this.#shared = shared;
    this.#take = take;
  }

  static async on(take: () => Promise<Copy>): Promise<ScriptRunner> {
    return new ScriptRunner(await Tracer.on(await take()), take);
  }

  async run(statements: readonly Statement[], options: ScriptOptions): Promise<ScriptTrace> {
    if (options.autocommit && statements.length > 1)
      return (await this.#together(statements)) ?? this.#apart(statements, options);
    if (statements.some(isEnd)) return this.#apart(statements, options);
    const found = await rolledBack(this.#shared, statements);
    const traced = found.units.flatMap((unit) => unit.statements);
    if (!traced.some(({ refusesTransaction }) => refusesTransaction)) return found;
    const { base, units } = await this.#apart(statements, { autocommit: true });
    if (options.autocommit) return { base, units };
    // What the server would not take there is measured where it takes it.
    const apart = units.flatMap((unit) => unit.statements);
    const merged = traced.map((one, at) => {
      const other = apart[at];
      return one.refusesTransaction && other && !other.failure
        ? { ...other, refusesTransaction: one.refusesTransaction }
        : one;
    });
    return { base: found.base, units: [{ isTransaction: true, statements: merged }] };
  }

  /**
   * Statements that commit one by one, in a transaction that is taken back: as good where at most one of them locks what others
   * use, and none would notice. A copy costs ten times as much.
   */
  async #together(statements: readonly Statement[]): Promise<ScriptTrace | undefined> {
    if (statements.some(noticesCommit)) return undefined;
    const relations = new Set([...this.#shared.state.relations.values()].map(({ name }) => name));
    // A lock that is held already is not seen to be taken again.
    if (statements.filter((statement) => mayUse(statement, relations)).length > 1) return undefined;
    const { base, units } = await rolledBack(this.#shared, statements);
    const traced = units.flatMap((unit) => unit.statements);
    const locking = traced.filter(({ added }) => [...added.keys()].some((id) => base.relations.has(id)));
    if (locking.length > 1 || traced.some(({ refusesTransaction }) => refusesTransaction)) return undefined;
    return { base, units: traced.map((one) => ({ isTransaction: false, statements: [{ ...one, held: new Map() }] })) };
  }

  /** On a copy that is not used again, unless what was run can be taken back. */
  async #apart(statements: readonly Statement[], options: ScriptOptions): Promise<ScriptTrace> {
    const tracer = this.#spare ?? (await Tracer.beside(this.#shared, await this.#take()));
    this.#spare = undefined;
    const trace = await committing(tracer, statements, options);
    if (statements.every(isAdditive) && (await tracer.takeBack(trace.base))) this.#spare = tracer;
    else await tracer.copy.close();
    return trace;
  }
}

/** What makes an index and nothing else, or nothing at all. */
const isAdditive = ({ type, node, text }: Statement): boolean =>
  (type === 'IndexStmt' && node.concurrent === true) ||
  (type === 'VacuumStmt' && !/\bfull\b/i.test(text)) ||
  type === 'VariableSetStmt';

const isEnd = (statement: Statement): boolean =>
  ['commit', 'rollback', 'prepare transaction', 'commit prepared', 'rollback prepared'].includes(
    transactionWord(statement) ?? '',
  );

/** What is about its transaction, or lasts until its end. */
const noticesCommit = (statement: Statement): boolean =>
  transactionWord(statement) !== undefined ||
  (statement.type === 'VariableSetStmt' && statement.node.is_local === true) ||
  /\bset_config\b|\bon\s+commit\b|_xact_/i.test(statement.text);

/** Whether a statement may lock one of these: it names one, or runs code whose statements are not known. */
const mayUse = ({ type, node }: Statement, relations: ReadonlySet<string>): boolean =>
  type === 'DoStmt' || type === 'CallStmt' || namesOne(node, relations);

function namesOne(node: unknown, names: ReadonlySet<string>): boolean {
  if (typeof node === 'string') return names.has(node);
  return typeof node === 'object' && node !== null && Object.values(node).some((part) => namesOne(part, names));
}

/** Statements that only say something of a transaction which has to be its first, or that we end ourselves. */
const isSkipped = (statement: Statement): boolean =>
  ['begin', 'start transaction', 'prepare transaction', 'commit prepared', 'rollback prepared'].includes(
    transactionWord(statement) ?? '',
  ) || /^set\s+(local\s+)?(session\s+characteristics\s+as\s+)?transaction\b/i.test(statement.text);

/** All in one transaction, of which nothing is left. */
async function rolledBack(tracer: Tracer, statements: readonly Statement[]): Promise<ScriptTrace> {
  const { client } = tracer.copy;
  await makeRoles(client, statements);
  const base = tracer.state;
  await tracer.begin();
  try {
    const unit: Unit = { isTransaction: true, statements: [] };
    for (const statement of statements)
      unit.statements.push(isSkipped(statement) ? tracer.skipped(statement) : await tracer.inside(statement));
    return { base, units: [unit] };
  } finally {
    await client.query('rollback');
    await client.query('select pg_advisory_unlock_all()');
    tracer.back(base);
  }
}

/** On a copy of its own, as the statements say or imply. */
async function committing(
  tracer: Tracer,
  statements: readonly Statement[],
  { autocommit }: ScriptOptions,
): Promise<ScriptTrace> {
  const { client } = tracer.copy;
  await makeRoles(client, statements);
  const base = tracer.state;
  const units: Unit[] = [];
  let open: Unit | undefined;
  const begin = async () => {
    await tracer.begin();
    open = { isTransaction: true, statements: [] };
    units.push(open);
  };
  const end = async (word: 'commit' | 'rollback') => {
    await client.query(word).catch(() => undefined);
    open = undefined;
    await tracer.refresh();
  };
  const note = (statement: Statement) => {
    const skipped = tracer.skipped(statement);
    if (open) open.statements.push(skipped);
    else units.push({ isTransaction: false, statements: [skipped] });
  };
  for (const statement of statements) {
    const word = transactionWord(statement);
    if (word === 'begin' || word === 'start transaction') {
      if (!open) await begin();
      note(statement);
    } else if (word === 'commit' || word === 'rollback') {
      note(statement);
      if (open) await end(word);
    } else if (isSkipped(statement)) note(statement);
    else if (autocommit && !open) units.push(await alone(tracer, statement));
    else {
      if (!open) await begin();
      open!.statements.push(await tracer.inside(statement));
    }
  }
  if (open) await end('commit');
  return { base, units };
}

/** In a transaction of its own, or without one where the server does not take it there. */
async function alone(tracer: Tracer, statement: Statement): Promise<Unit> {
  const { client } = tracer.copy;
  await tracer.begin();
  const traced = await tracer.inside(statement);
  const refused: Refused | undefined = traced.refusesTransaction;
  if (!refused || !takesNone(refused)) {
    await client.query('commit').catch(() => undefined);
    return { isTransaction: false, statements: [traced] };
  }
  await client.query('rollback');
  const again: Traced = await tracer.apart(statement, refused);
  return { isTransaction: false, statements: [again] };
}

/** Whether a statement is taken outside of a transaction: of the other refusals, none is about the block around it. */
const takesNone = ({ code }: Refused): boolean => code === '25001' || code === '2D000';
