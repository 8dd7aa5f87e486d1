/** Generated rows, watched through up, down and up again. */
import { compareCatalogues, keyOf, readKey, type Catalogue, type Client, type Item } from '../catalogue/index.ts';
import { asTable } from '../catalogue/kinds/table.ts';
import { firstLine, isProblem } from '../errors.ts';
import { belongsTo } from '../diff/recreate.ts';
import { ownerKinds, sideOf } from '../diff/side.ts';
import type { Moves } from '../diff/moves.ts';
import { isForRows } from './history-rows.ts';
import { demandsAfter } from './rows/after.ts';
import { plainCasts, type PlainCast } from './rows/casts.ts';
import type { Demand } from './rows/demand.ts';
import { fillTables } from './rows/fill.ts';
import { tableAfter, type RenamedThing } from './rows/names.ts';
import { readRows, type Reading } from './rows/read.ts';
import { sentencesOf } from './rows/sentences.ts';
import { survival } from './rows/survival.ts';
import { sameTable, type TableName } from './rows/table.ts';
import { touchRows } from './rows/touch.ts';

/** What became of the rows. */
export interface Watched {
  /** On the way up, and back, as sentences; undefined where no row could be seen coming through. */
  up: string | undefined;
  down: string | undefined;
  /** What the change was meant to keep, and did not. */
  failures: string[];
  /** Tables that got no rows, and stages that such rows do not come through: each with its reason. */
  unseen: string[];
}

export type Stage = 'up' | 'down' | 'again';

/** Of a change of very many tables, so many are watched. */
const most = 12;

export class Watch {
  /** Whether there are rows to look at. */
  isWatching = false;
  readonly #client: Client;
  readonly #moves: Moves;
  readonly #names: RenamedThing[];
  readonly #tables: { before: TableName[]; after: TableName[] };
  readonly #unseen: string[] = [];
  #demands: Demand[] = [];
  #empty: Reading = [];
  #readings: { before: Reading } & Partial<Record<Stage, Reading>> = { before: [] };
  #casts: PlainCast[] = [];
  /** What did not work of the triggers before the change. */
  #broken: string[] = [];

  private constructor(client: Client, moves: Moves, tables: TableName[]) {
    this.#client = client;
    this.#moves = moves;
    this.#names = namesIn(moves);
    this.#tables = { before: tables, after: tables.map((table) => tableAfter(table, this.#names)) };
  }

  /** To be called before the change. Undefined where it is about no table that is there. */
  static async begin(
    client: Client,
    change: { before: Catalogue; wanted: Catalogue; moves: Moves },
  ): Promise<Watch | undefined> {
    const tables = tablesOf(change.before, change.wanted, change.moves).slice(0, most);
    if (tables.length === 0) return undefined;
    const watch = new Watch(client, change.moves, tables);
    watch.#empty = await readRows(client, tables);
    return watch;
  }

  /** Asks what the tables will want of their rows; to be called where the change is made, and they have none. */
  async ask(): Promise<void> {
    const filled = this.#moves.filled.map((key) => {
      const { names } = readKey(key);
      const [schema = '', table = '', column = ''] = names;
      return { table: this.#before({ schema, name: table }), column };
    });
    this.#demands = await demandsAfter(this.#client, this.#empty, { names: this.#names, filled });
  }

  #before(after: TableName): TableName {
    const at = this.#tables.after.findIndex((table) => sameTable(table, after));
    return this.#tables.before[at] ?? after;
  }

  /** Puts rows into the tables as they are before the change: at first also such as hold the largest values there are. */
  async fill({ extremes }: { extremes: boolean }): Promise<void> {
    const { empty } = await fillTables(this.#client, this.#tables.before, { demands: this.#demands, extremes });
    this.#unseen.splice(0);
    this.#unseen.push(...empty.map(({ table, reason }) => `no rows for ${table.name}: ${reason}`));
    this.#readings.before = await readRows(this.#client, this.#tables.before);
    this.#broken = await touchRows(this.#client, this.#tables.before);
    this.isWatching = this.#readings.before.some(({ rows }) => rows.length > 0);
  }

  /** Runs a stage, and looks at the rows after it. False where what they hold is in its way: then it was not run. */
  async see(stage: Stage, work: () => Promise<unknown>): Promise<boolean> {
    await this.#client.query('savepoint watched');
    try {
      await work();
    } catch (error) {
      if (!isOfRows(error)) throw error;
      await this.#client.query('rollback to savepoint watched');
      this.note(stage, `what these do: ${firstLine((error as Error).cause)}`);
      this.isWatching = false;
      return false;
    }
    const { before, after } = this.#tables;
    this.#readings[stage] = await readRows(this.#client, stage === 'down' ? before : after);
    if (stage === 'up') await this.#touch();
    if (stage === 'up')
      this.#casts = await plainCasts(this.#client, this.#readings.before, this.#readings.up ?? [], this.#names);
    return true;
  }

  /** That a stage does not work on some rows. */
  note(stage: Stage, held: string): void {
    this.#unseen.push(`${stage === 'again' ? 'up again' : stage} fails where rows hold ${held}`);
  }

  /** Triggers that broke are told, and stop nothing: what they do is not the change's affair. */
  async #touch(): Promise<void> {
    const broken = await touchRows(this.#client, this.#tables.after);
    this.#unseen.push(...broken.filter((one) => !this.#broken.includes(one)));
  }

  outcome(): Watched {
    const { before, up, down, again } = this.#readings;
    if (!up) return { up: undefined, down: undefined, failures: [], unseen: this.#unseen };
    const found = survival({ before, up, down, again }, this.#names, this.#casts);
    const said = sentencesOf({ ...found, failures: found.failures.filter((one) => !this.#isMoved(one)) });
    return { ...said, unseen: this.#unseen };
  }

  /** Somebody said what becomes of values that a check lists. */
  #isMoved({ table, column }: { table: TableName; column?: string }): boolean {
    const { schema, name } = tableAfter(table, this.#names);
    return this.#moves.values.some(({ key }) => {
      const { kind, names } = readKey(key);
      return kind === 'column' && names[0] === schema && names[1] === name && names[2] === column;
    });
  }
}

const isOfRows = (error: unknown): boolean => isProblem(error) && isForRows(error.cause);

/** Tables of before that are not what is wanted, themselves or in what hangs on them. */
function tablesOf(before: Catalogue, wanted: Catalogue, moves: Moves): TableName[] {
  const { recreated } = moves;
  const names = namesIn(moves);
  const belongs = belongsTo(sideOf(before), sideOf(wanted), recreated);
  const isInside = (item: Item) => belongs(item) && !recreated.includes(item.key);
  const differing = new Set(
    compareCatalogues(wanted, before).flatMap(({ key, expected, found }) => {
      const { schema, table } = expected ?? found ?? {};
      return table === undefined ? [key] : ownerKinds.map((kind) => keyOf(kind, [schema, table]));
    }),
  );
  return [...before.values()]
    .filter((item) => item.kind === 'table' && differing.has(item.key) && !isInside(item))
    .map(({ schema = 'public', name }) => ({ schema, name }))
    .filter((table) => hasSamePartitions(table, before, wanted, names));
}

/** Whether rows stay where they are: those of a partition come to its table, and leave it, with the partition. */
function hasSamePartitions(
  table: TableName,
  before: Catalogue,
  wanted: Catalogue,
  names: readonly RenamedThing[],
): boolean {
  const was = partitionsBelow(before, table).map((one) => JSON.stringify(tableAfter(one, names)));
  const is = partitionsBelow(wanted, tableAfter(table, names)).map((one) => JSON.stringify(one));
  return was.length === is.length && was.every((one) => is.includes(one));
}

/** Partitions of a table, and theirs. */
const partitionsBelow = (catalogue: Catalogue, { schema, name }: TableName): TableName[] =>
  [...catalogue.values()].flatMap((item) => {
    const [home, parent] = asTable(item)?.facts['partition of']?.parent ?? [];
    if (home !== schema || parent !== name) return [];
    const part = { schema: item.schema ?? 'public', name: item.name };
    return [part, ...partitionsBelow(catalogue, part)];
  });

const namesIn = ({ renames, values }: Moves): RenamedThing[] => [
  ...renames,
  ...values.flatMap(({ key, from, to }): RenamedThing[] => {
    const { kind, names } = readKey(key);
    return kind === 'type' ? [{ kind: 'value', schema: names[0], table: names[1], name: from, to }] : [];
  }),
];
