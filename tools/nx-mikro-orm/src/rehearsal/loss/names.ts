import { escapeIdentifier, type Client } from 'pg';
import type { Name } from '../../sql/names.ts';
import type { Damage } from './damage.ts';

type Kind = 'relation' | 'type';

/** An oid of today's, or something that the statements themselves made. */
type Meaning = number | 'new';

/** A schema that is there now is known by its present name, whatever it is called later. */
interface Place {
  schema: string;
  new: boolean;
}

const lookups = { relation: 'select to_regclass($1)::oid as oid', type: 'select to_regtype($1)::oid as oid' };

/** What names mean after the statements so far, none of which was run: a layer over what the server answers. */
export class Names {
  readonly #client: Client;
  readonly #damage: Damage;
  readonly #means = new Map<string, Meaning | 'gone'>();
  readonly #schemas = new Map<string, Place | 'gone'>();
  /** To the present name; undefined for what is gone, or new. */
  readonly #columns = new Map<string, string | undefined>();
  readonly #role: string;
  readonly #firstPath: string[];
  #path: string[];

  private constructor(client: Client, damage: Damage, role: string, path: string[]) {
    this.#client = client;
    this.#damage = damage;
    this.#role = role;
    this.#firstPath = path;
    this.#path = path;
  }

  static async of(client: Client, damage: Damage): Promise<Names> {
    const { rows } = await client.query<{ role: string; path: string[] }>(
      'select current_user::text as role, current_schemas(false)::text[] as path',
    );
    const { role, path } = rows[0]!;
    // It may have been put in front for our own questions; nobody makes anything there.
    const searched = path.filter((schema) => schema !== 'pg_catalog');
    return new Names(client, damage, role, searched);
  }

  /** `set search_path`; undefined for its default. */
  search(path: string[] | undefined): void {
    this.#path = path?.map((schema) => (schema === '$user' ? this.#role : schema)) ?? this.#firstPath;
  }

  /** What a name means, and the place where it was found. */
  async find(kind: Kind, name: Name): Promise<{ meaning: Meaning; place: Place } | undefined> {
    for (const schema of name.schema === undefined ? this.#path : [name.schema]) {
      const place = this.place(schema);
      const meaning = place && (await this.#meaning(kind, place, name.name));
      if (meaning !== undefined) return { meaning, place: place! };
    }
    return undefined;
  }

  /** The oid of what a name means, if it is there now. */
  async oid(kind: Kind, name: Name): Promise<number | undefined> {
    const found = await this.find(kind, name);
    return typeof found?.meaning === 'number' ? found.meaning : undefined;
  }

  async #meaning(kind: Kind, place: Place, name: string): Promise<Meaning | undefined> {
    let meaning = this.#means.get(keyOf(kind, place, name));
    if (meaning === undefined && !place.new) {
      const quoted = `${escapeIdentifier(place.schema)}.${escapeIdentifier(name)}`;
      const { rows } = await this.#client.query<{ oid: number | null }>(lookups[kind], [quoted]);
      meaning = rows[0]?.oid ?? undefined;
    }
    if (meaning === 'gone' || (kind === 'relation' && this.#damage.gone.has(meaning as number))) return undefined;
    return meaning;
  }

  place(schema: string): Place | undefined {
    const found = this.#schemas.get(schema) ?? { schema, new: false };
    return found === 'gone' ? undefined : found;
  }

  /** Something new stands under this name; without a schema, in the first one that is searched. */
  async create(kind: Kind, name: Name): Promise<void> {
    const schema = name.schema ?? (await this.#currentSchema());
    const place = schema === undefined ? undefined : this.place(schema);
    // What is there already stays what it is: `if not exists`, or the server will refuse.
    if (place && (await this.#meaning(kind, place, name.name)) === undefined)
      this.#means.set(keyOf(kind, place, name.name), 'new');
  }

  async #currentSchema(): Promise<string | undefined> {
    for (const schema of this.#path) {
      const known = this.#schemas.get(schema);
      if (known === 'gone') continue;
      if (known) return schema;
      const { rows } = await this.#client.query('select from pg_namespace where nspname = $1', [schema]);
      if (rows.length > 0) return schema;
    }
    return undefined;
  }

  /** Gives what a name means another name, in the same schema or another one. */
  async rename(kind: Kind, from: Name, to: { name?: string | undefined; schema?: string | undefined }): Promise<void> {
    const found = await this.find(kind, from);
    const place = to.schema === undefined ? found?.place : this.place(to.schema);
    if (!found || !place) return;
    this.#means.set(keyOf(kind, found.place, from.name), 'gone');
    this.#means.set(keyOf(kind, place, to.name ?? from.name), found.meaning);
    if (kind === 'relation' && typeof found.meaning === 'number' && to.schema !== undefined)
      this.#damage.moved.set(found.meaning, place.schema);
  }

  createSchema(schema: string): void {
    if (this.#schemas.get(schema) === 'gone') this.#schemas.set(schema, { schema: `${schema} (new)`, new: true });
  }

  renameSchema(from: string, to: string): void {
    const place = this.place(from);
    if (!place) return;
    this.#schemas.set(from, 'gone');
    this.#schemas.set(to, place);
  }

  dropSchema(schema: string): void {
    this.#schemas.set(schema, 'gone');
  }

  /** The present name of a column, if it can be there now. */
  column(table: number, column: string): string | undefined {
    const key = `${table}.${column}`;
    return this.#columns.has(key) ? this.#columns.get(key) : column;
  }

  /** After it was added or dropped, a column's name means nothing that is there now. */
  forgetColumn(table: number, column: string): void {
    this.#columns.set(`${table}.${column}`, undefined);
  }

  renameColumn(table: number, from: string, to: string): void {
    this.#columns.set(`${table}.${to}`, this.column(table, from));
    this.forgetColumn(table, from);
  }
}

const keyOf = (kind: Kind, { schema }: Place, name: string): string => JSON.stringify([kind, schema, name]);
