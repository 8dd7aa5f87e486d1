/**
 * Every entry once more, with something done by hand before the change: `MUTANT=comments` and `MUTANT=grants` say something of
 * each thing that there is, `MUTANT=edited` adds a line to the first revision. What was said stays, and nothing else changes.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { isSame, readKey, spelled, withFacts, type Catalogue, type Item } from '../src/catalogue/index.ts';
import { factOf } from '../src/catalogue/item.ts';
import { subjectNames } from '../src/diff/questions/decision.ts';
import { saying } from '../src/diff/statements.ts';
import { decisionOf } from './apparatus/answers.ts';
import type { Change } from './change.ts';

const mutant = process.env['MUTANT'];
export const isMutant = mutant !== undefined;

const fact = mutant === 'grants' ? 'privileges' : 'comment';
const said = { comment: 'unlogged\nstorage external', privileges: [{ verb: 'grant', privileges: ['SELECT'] }] };
const granted = new Set<Item['kind']>(['table', 'column', 'view', 'materialized view']);
const silent = new Set<Item['kind']>(['database', 'extension', 'default privileges']);

/** The thing with what is said of it by hand; undefined where something is said already, or cannot be. */
function mutated(item: Item): Item | undefined {
  const isMeant = fact === 'privileges' ? granted.has(item.kind) : !silent.has(item.kind);
  return isMeant && factOf(item, fact) === undefined ? withFacts(item, { [fact]: said[fact] }) : undefined;
}

/** The statements that say it, and take it back. */
export function sayingByHand(present: Catalogue): { up: string[]; down: string[] } | undefined {
  if (mutant !== 'comments' && mutant !== 'grants') return undefined;
  const pairs = [...present.values()].flatMap((item) => {
    const more = mutated(item);
    return more && !isSame(item, more) ? [{ item, more }] : [];
  });
  if (pairs.length === 0) return undefined;
  return {
    up: pairs.flatMap(({ item, more }) => saying(item, more)),
    down: pairs.flatMap(({ item, more }) => saying(more, item)),
  };
}

/** Adds a line to a revision that `create` wrote. */
export function edit(path: string): void {
  if (mutant !== 'edited') return;
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, text.replace(/(up\(\): (?:void|Promise<void>) \{\n)/, '$1    this.addSql(`select 1`);\n'));
}

/** Keys of what is there before and after, and of which nothing is said any more. What was renamed took that along. */
export const unsaid = (before: Catalogue, after: Catalogue, { decisions = [], volunteered = [] }: Change): string[] => {
  if (mutant !== 'comments' && mutant !== 'grants') return [];
  const renamed = [...decisions, ...volunteered].filter((one) => one.startsWith('rename '));
  const subjects = renamed.map((one) => subjectNames(decisionOf(one).subject));
  const isRenamed = ({ key }: Item) =>
    subjects.some((names) => JSON.stringify(namesOf(key).slice(0, names.length)) === JSON.stringify(names));
  return [...before.values()]
    .filter((item) => JSON.stringify(factOf(item, fact)) === JSON.stringify(said[fact]) && !isRenamed(item))
    .filter(({ key }) => after.has(key) && factOf(after.get(key)!, fact) === undefined)
    .map(({ key }) => key);
};

const namesOf = (key: string): string[] => subjectNames(spelled(readKey(key).names));
