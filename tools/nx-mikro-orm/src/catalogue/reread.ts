/** Reads a catalogue again and again, at the cost of what was changed in between. */
import { compareCatalogues } from './compare.ts';
import type { Catalogue, Client } from './item.ts';
import { modules } from './kinds/index.ts';
import type { KindModule } from './kinds/kind.ts';
import { plannedIn, type NamedSelect } from './planned.ts';
import { ask, lookAround, settingsForFew, type Before } from './read.ts';
import { inOrder, placedOf, remarks, remarksById, selectOf, type Placed, type Remark, type Row } from './rows.ts';
import { dependentsOf, facesOf, membersOf, others, touches, type Face, type Touch } from './touches.ts';

/** What was read, and what tells whether it still stands. */
interface Known {
  others: string;
  touches: Map<number, Touch>;
  faces: Map<number, string>;
  placed: Map<KindModule, Placed[]>;
  catalogue: Catalogue;
}

/** What a reading is done with. */
interface Asking {
  planned: Set<string> | undefined;
  found: Before;
  others: string;
  touches: Map<number, Touch>;
}

const ofRelations = modules.filter(({ relation }) => relation !== undefined);

/**
 * Readings of one database, one after the other. Only relations that were touched since the last one are read, and those that
 * are printed with names of theirs; where anything else was touched, or half of all, everything is read. Holds in a session in which
 * every change is in a transaction of its own that is over before the next reading.
 */
export class Rereading {
  #client: Client;
  #known: Known | undefined;

  constructor(client: Client) {
    this.#client = client;
  }

  /** The same as `readCatalogue()`. */
  async read(): Promise<Catalogue> {
    const asking = await this.#look();
    this.#known = (this.#known && (await this.#again(asking, this.#known))) ?? (await this.#whole(asking));
    return this.#known.catalogue;
  }

  /** Reads everything, and says whether the last reading had found the same. */
  async confirm(): Promise<boolean> {
    const before = await this.read();
    this.#known = await this.#whole(await this.#look());
    return compareCatalogues(before, this.#known.catalogue).length === 0;
  }

  async #look(): Promise<Asking> {
    const planned = await plannedIn(this.#client);
    const found = await lookAround(this.#client, planned);
    const asked = await ask(this.#client, found, [others(found.version), touches], {
      planned,
      isOwn: true,
      wanted: settingsForFew,
    });
    const [[other], touched] = asked as [[{ others: string }], Touch[]];
    // What belongs to no relation is counted there as well.
    const under0 = touched.find(({ relation }) => relation === 0);
    const known = touched.filter(({ relation }) => relation !== 0).map((one) => [one.relation, one] as const);
    return { planned, found, others: `${other.others} ${under0?.touch}`, touches: new Map(known) };
  }

  async #whole(asking: Asking): Promise<Known> {
    const { planned, found } = asking;
    const asked = modules.filter((_, at) => found.asked[at]);
    const results = await ask(
      this.#client,
      found,
      [
        facesOf([...asking.touches.keys()]),
        { name: 'remarks', sql: remarks },
        ...asked.map((module) => selectFor(module, found.version, 'told')),
      ],
      { planned, isOwn: true },
    );
    const [faces, said, ...rows] = results as [Face[], Remark[], ...Row[][]];
    const remarked = remarksById(said);
    const placed = new Map(asked.map((module, at) => [module, placedOf(module, rows[at] ?? [], remarked)]));
    return known(asking, new Map(faces.map(({ relation, face }) => [relation, face])), placed);
  }

  /** Undefined where everything has to be read. */
  async #again(asking: Asking, before: Known): Promise<Known | undefined> {
    if (asking.others !== before.others) return undefined;
    const touched = withOwners(touchedSince(before.touches, asking.touches), before.touches, asking.touches);
    if (touched.size === 0) return before;
    if (touched.size > Math.max(10, asking.touches.size / 2)) return undefined;
    const first = await this.#some(asking, [...touched]);
    const isTurned = (one: number) => before.faces.has(one) && before.faces.get(one) !== first.faces.get(one);
    const turned = [...first.faces.keys()].filter(isTurned);
    const faces = new Map(before.faces);
    for (const one of touched) faces.delete(one);
    for (const [one, face] of first.faces) faces.set(one, face);
    const read = [first.rows];
    if (turned.length > 0) {
      const dependents = await this.#dependents(asking, turned);
      if (!dependents) return undefined;
      const more = withOwners(dependents, before.touches, asking.touches).difference(touched);
      if (more.size > 0) read.push((await this.#some(asking, [...more])).rows);
      for (const one of more) touched.add(one);
    }
    const placed = new Map(before.placed);
    for (const module of ofRelations) {
      const stays = before.placed.get(module)?.filter(({ relation }) => !touched.has(relation ?? 0)) ?? [];
      placed.set(module, [...stays, ...read.flatMap((rows) => rows.get(module) ?? [])]);
    }
    return known(asking, faces, placed);
  }

  /** Undefined where something else is printed with their names. */
  async #dependents({ planned, found }: Asking, relations: readonly number[]): Promise<Set<number> | undefined> {
    const asked = await ask(this.#client, found, [dependentsOf(relations)], {
      planned,
      isOwn: true,
      wanted: settingsForFew,
    });
    const [rows] = asked as [{ relation: number | null }[]];
    const dependents = rows.flatMap(({ relation }) => relation ?? []);
    return dependents.length === rows.length ? new Set(dependents) : undefined;
  }

  /** Only some relations. */
  async #some(
    { planned, found }: Asking,
    relations: readonly number[],
  ): Promise<{ faces: Map<number, string>; rows: Map<KindModule, Placed[]> }> {
    const given = `('{${relations.join()}}')`;
    const asked = ofRelations.filter((module) => found.asked[modules.indexOf(module)]);
    const results = await ask(
      this.#client,
      found,
      [
        facesOf(relations),
        {
          name: 'remarks_of_some',
          takes: '(oid[])',
          given,
          sql: `select * from (${remarks}) remark where remark.oid in (${membersOf})`,
        },
        ...asked.map((module) => ({ ...selectFor(module, found.version, 'given'), takes: '(oid[])', given })),
      ],
      { planned, isOwn: true, wanted: settingsForFew },
    );
    const [faces, said, ...rows] = results as [Face[], Remark[], ...Row[][]];
    const remarked = remarksById(said);
    return {
      faces: new Map(faces.map(({ relation, face }) => [relation, face])),
      rows: new Map(asked.map((module, at) => [module, placedOf(module, rows[at] ?? [], remarked)])),
    };
  }
}

const selectFor = (module: KindModule, version: number, relations: 'told' | 'given'): NamedSelect => ({
  name: `${relations}_${modules.indexOf(module)}`,
  sql: selectOf(module, { version, relations }),
});

function known({ others, touches }: Asking, faces: Known['faces'], placed: Known['placed']): Known {
  const catalogue: Catalogue = new Map();
  for (const module of modules) for (const { item } of inOrder(placed.get(module) ?? [])) catalogue.set(item.key, item);
  return { others, touches, faces, placed, catalogue };
}

type Touches = ReadonlyMap<number, Touch>;

/** What is not as it was, what is new and what is gone. */
const touchedSince = (was: Touches, is: Touches): Set<number> =>
  new Set(
    [...new Set([...was.keys(), ...is.keys()])].filter((one) => {
      const [a, b] = [was.get(one), is.get(one)];
      return a?.touch !== b?.touch || a?.owner !== b?.owner;
    }),
  );

/** A sequence is printed with the column that it belongs to, or by itself, which the table decides. */
function withOwners(touched: ReadonlySet<number>, ...all: Touches[]): Set<number> {
  const tables = new Set(touched);
  const pairs = all.flatMap((touches) =>
    [...touches.values()].flatMap(({ relation, owner }) => (owner === null ? [] : [{ relation, owner }])),
  );
  for (const { relation, owner } of pairs) if (touched.has(relation)) tables.add(owner);
  const both = new Set(tables);
  for (const { relation, owner } of pairs) if (tables.has(owner)) both.add(relation);
  return both;
}
