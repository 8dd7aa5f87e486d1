/** Histories and ledgers in a few letters. */
import assert from 'node:assert/strict';
import { isProblem } from '../src/errors.ts';
import { linkHistory, type History } from '../src/history/graph.ts';
import type { Revision } from '../src/history/revision.ts';
import type { Applied } from '../src/history/state.ts';

interface Word {
  name: string;
  /** After `<`, with `+` between; undefined when there is no `<`. */
  link: string[] | undefined;
  /** After `=`, with `+` between. */
  replaces: string[];
  /** It ends with `!`. */
  marked: boolean;
}

const wordsOf = (text: string): Word[] =>
  text
    .split(' ')
    .filter(Boolean)
    .map((word) => {
      const [left = '', replaces = ''] = word.replace('!', '').split('=');
      const [name = '', link] = left.split('<');
      const names = (list: string) => list.split('+').filter(Boolean);
      return {
        name,
        link: link === undefined ? undefined : names(link),
        replaces: names(replaces),
        marked: word.includes('!'),
      };
    });

/** `a`, `b<a`, `d<b+c`: a name and what it revises; `!` for a file without a link; `r=a+b` for what it replaces. */
export const revisionsOf = (text: string): Revision[] =>
  wordsOf(text)
    .map(({ name, link = [], replaces, marked }) => ({
      name,
      path: `/revisions/${name}.ts`,
      hash: name,
      link: marked ? undefined : link,
      linkLine: 5,
      generated: undefined,
      replaces,
      byHand: [],
      decisions: [],
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));

export const historyOf = (text: string): History => linkHistory(revisionsOf(text));

/**
 * Rows of a ledger in the order of their ids: `a` as stock MikroORM writes it, `a<` and `b<a` with what it revises, `r=a+b`
 * with what it replaces, `!` with the hash of another file.
 */
export const rowsOf = (text: string): Applied[] =>
  wordsOf(text).map(({ name, link, replaces, marked }) => ({
    name,
    at: new Date(0),
    revises: link,
    hash: marked ? 'other' : link && name,
    checksum: undefined,
    transactional: undefined,
    replaces: replaces.length ? replaces : undefined,
    by: undefined,
    host: undefined,
    commit: undefined,
    branch: undefined,
    tool: undefined,
    durationMs: undefined,
  }));

/** The names in the order in which they come. */
export const namesIn = (list: readonly { name: string }[]): string => list.map(({ name }) => name).join(' ');

/** The code of the problem that work ends with, or what it returns. */
export function outcome(work: () => string): string {
  try {
    return work();
  } catch (error) {
    assert.ok(isProblem(error), String((error as Error).stack));
    return error.code;
  }
}
