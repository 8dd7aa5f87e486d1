/** What every kind of thing has in common in statements: making, saying, changing and dropping it. */
import { changedFacts, type Item, type Privilege } from '../catalogue/index.ts';
import type { Said } from '../catalogue/item.ts';
import { moduleOf } from '../catalogue/kinds/index.ts';
import type { Making, AlterStep, World } from '../catalogue/kinds/kind.ts';
import { goingAlong, grantStatements, literal, nameOf, quoted } from '../catalogue/kinds/naming.ts';
import { opOf, type Op } from './operation.ts';

/** The thing as statements name it. */
const nameOfItem = (item: Item): string => moduleOf(item.kind).named?.(item) ?? nameOf(item.schema, item.name);

/** What a statement that says something of it is about: `table "teacher"`. */
const subjectOf = (item: Item): string => `${item.kind === 'aggregate' ? 'routine' : item.kind} ${nameOfItem(item)}`;

type SaidFacts = Said & { privileges?: Privilege[] };

const saidOf = (item: Item | undefined): SaidFacts => item?.facts ?? {};

/** Statements that lead from what is said of one thing to what is said of another: comment, labels, privileges. */
export function saying(from: Item | undefined, to: Item): string[] {
  const module = moduleOf(to.kind);
  const [was, is] = [saidOf(from), saidOf(to)];
  const statements: string[] = [];
  const on = module.grantedOn?.(to);
  if (on !== undefined)
    statements.push(
      ...grantStatements(was.privileges, is.privileges, on, {
        columns: to.kind === 'column' ? ` (${quoted(to.name)})` : '',
      }),
    );
  if (to.kind === 'database') return statements;
  if (was.comment !== is.comment)
    statements.push(`comment on ${subjectOf(to)} is ${is.comment === undefined ? 'null' : literal(is.comment)}`);
  const [old, next] = [new Map(was['security labels']), new Map(is['security labels'])];
  for (const provider of new Set([...old.keys(), ...next.keys()])) {
    const label = next.get(provider);
    if (old.get(provider) !== label)
      statements.push(
        `security label for ${quoted(provider)} on ${subjectOf(to)} is ${label === undefined ? 'null' : literal(label)}`,
      );
  }
  return statements;
}

/** How a thing comes, and what is said of it then; `given` is what the server makes of it by itself. */
export function makingOf(item: Item, world: World, given?: Item): Making | undefined {
  const making = moduleOf(item.kind).make(item, world);
  if (!making) return undefined;
  const said = saying(given, item).map((sql): AlterStep => ({ sql, phase: 'attach', rank: 8 }));
  return { ...making, after: [...(making.after ?? []), ...said] };
}

/** Facts that every kind may have, and that are said in the same way of all. */
const common = (item: Item): readonly string[] => [
  'comment',
  'security labels',
  ...(moduleOf(item.kind).grantedOn ? ['privileges'] : []),
];

/** The operations that lead from one thing to another of the same key; undefined where it has to be made anew. */
export function alterOps(from: Item, to: Item, before: World, after: World): Op[] | undefined {
  const changed = changedFacts(from, to);
  for (const name of common(to)) changed.delete(name);
  const steps = changed.size === 0 ? [] : moduleOf(to.kind).alter?.({ from, to, changed, before, after });
  if (!steps) return undefined;
  return [
    ...steps.map((step) => opOf(to.key, step, { phase: 'structure', rank: 8 })),
    ...saying(from, to).map((sql): Op => ({ key: to.key, phase: 'attach', rank: 8, statements: [sql] })),
    ...columnGrants(from, to, after).map((sql): Op => ({ key: to.key, phase: 'attach', rank: 9, statements: [sql] })),
  ];
}

/** Privileges on columns, which the server takes away together with those on their table (manual, REVOKE). */
function columnGrants(from: Item, to: Item, after: World): string[] {
  const on = moduleOf(to.kind).grantedOn?.(to);
  const [was, is] = [saidOf(from).privileges, saidOf(to).privileges];
  if (on === undefined || was === undefined) return [];
  return after
    .partsOf(to)
    .filter(({ kind }) => kind === 'column')
    .flatMap((column) =>
      grantStatements([], goingAlong(saidOf(column).privileges, was, is), on, { columns: ` (${quoted(column.name)})` }),
    );
}

/** What takes it back where it is no object of its own. */
export const undoing = (item: Item): string[] => moduleOf(item.kind).undo?.(item) ?? [];

/** How it goes; undefined where it cannot by itself. */
export function droppingOf(item: Item, world: World): AlterStep | undefined {
  const module = moduleOf(item.kind);
  if (module.drop) {
    const dropping = module.drop(item, world);
    return typeof dropping === 'string' ? { sql: dropping } : dropping;
  }
  return { sql: `drop ${module.dropped?.(item) ?? `${item.kind} ${nameOfItem(item)}`}` };
}
