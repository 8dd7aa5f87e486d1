/** What an entry of the corpus is made of. */
import { defineEntity, p, type EntitySchema } from '@mikro-orm/core';

/** Models before and after, and what has to come of the change. */
export interface Change {
  before: Models;
  after: Models;
  /** As they are recorded: `rename teacher.ssn:nickname`. `create` has to ask for each, by its flag. */
  decisions?: string[];
  /** The same, but of those that nobody has to be asked for. */
  volunteered?: string[];
  /** Written by hand between the two: functions, views, extensions, grants. */
  byHand?: { up: string[]; down: string[] };
  /** Statements that fill the tables before the change. Without them, each gets rows of its own; `[]`: there are none. */
  rows?: string[];
  /** What `up` has to say, and must not say; `cascade` never. */
  says?: RegExp[];
  never?: RegExp[];
  /** A query, and the values of its only column: after up, and after up and down. */
  up?: Expected[];
  down?: Expected[];
  /** Columns (`teacher.bio`) or tables whose values up takes away or changes, undecided, and down does not give back. */
  lost?: string[];
  /** The models look different and are not: there is nothing to create. */
  nothing?: true;
  /** `create` has to refuse, with this code, and say this. */
  refused?: [code: RegExp, says: RegExp];
  /** Revisions that the change takes, where one is not enough. */
  revisions?: number;
  /** The major that knows it first. */
  since?: number;
  /** `up` cannot run with these rows in the tables, says so, and changes nothing. */
  upFails?: RegExp;
  /** The same of `down`. */
  downFails?: RegExp;
}

export type Expected = [query: string, values: unknown[]];

/** Entities, and the routines that stand beside them. */
export type Models = readonly EntitySchema[] | { entities: readonly EntitySchema[]; routines: readonly unknown[] };

export type Theme = Record<string, Change>;

type Properties = Record<string, unknown>;

/** A table with an `id`, unless it says another key. */
export const table = (name: string, properties: Properties = {}, more: Record<string, unknown> = {}): EntitySchema =>
  defineEntity({
    name: `${name}_entity`,
    tableName: name,
    properties: { ...(more['key'] === 'own' ? {} : { id: p.integer().primary() }), ...properties },
    ...Object.fromEntries(Object.entries(more).filter(([option]) => option !== 'key')),
  } as never);

/** One table that changes: the form that most entries have. */
export const of = (
  before: Properties,
  after: Properties,
  more: Omit<Change, 'before' | 'after'> & { options?: [Record<string, unknown>, Record<string, unknown>] } = {},
): Change => {
  const { options: [was, is] = [{}, {}], ...rest } = more;
  return { before: [table('teacher', before, was)], after: [table('teacher', after, is)], ...rest };
};

/** A view that the models describe. */
export const view = (name: string, expression: string, properties: Properties, more: object = {}): EntitySchema =>
  defineEntity({ name: `${name}_view`, tableName: name, view: true, expression, properties, ...more } as never);
