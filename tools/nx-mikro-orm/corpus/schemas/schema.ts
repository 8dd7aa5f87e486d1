/** What a schema of the corpus is made of. */
import type { Models } from './models.ts';

/** A database that people know, as models, and what becomes of it over the years. */
export interface Schema {
  /** By hand before the models: domains, extensions, functions that they call. */
  ground?: Handwork;
  /** The models of the first revision, made anew by every call. */
  models: () => Models;
  /** By hand on top of the models. */
  beyond?: Handwork;
  /** Statements that fill the tables. */
  rows: string[];
  /** In their order, by what was wanted. */
  changes: Record<string, Change>;
}

/** A revision that is written by hand. */
export interface Handwork {
  up: string[];
  down: string[];
}

export interface Change {
  /** By hand before the models change. */
  before?: Handwork;
  /** What somebody changes in the models; without it, the change is by hand alone. */
  edit?: (models: Models) => void;
  /** The answers of who knows the data, as they are recorded: `rename actor.first_name:given_name`. */
  decisions?: string[];
  /** By hand after the models changed. */
  after?: Handwork;
  /** Revisions that `create` writes, where one is not enough. */
  revisions?: number;
  /** Columns (`film.fulltext`) whose values become others, though no decision names them. */
  changed?: string[];
  /** A query, and the values of its only column, when the change is applied. */
  gives?: [query: string, values: unknown[]][];
}
