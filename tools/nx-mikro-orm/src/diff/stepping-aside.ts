/** What is no object of its own and does not let a column change its type: it lets go before, and takes hold again after. */
import { keyOf } from '../catalogue/index.ts';
import type { PublicationFacts } from '../catalogue/kinds/publication.ts';
import { tableText } from '../catalogue/kinds/publication.ts';
import { nameOf, quoted, typeParts } from '../catalogue/kinds/naming.ts';
import { tableOf, type Column } from './column.ts';
import { alterTable, type Op } from './operation.ts';
import type { DiffPlan } from './plan.ts';
import { isOf } from './enums.ts';

/** Columns that get another type, whether by themselves or with a type that is made anew. */
const retyped = (plan: DiffPlan, isOfSwapped: (key: string) => boolean): Column[] =>
  [...plan.from.columns.values()].filter(
    ({ key }) => plan.to.columns.has(key) && (plan.retyped.has(key) || isOfSwapped(key)),
  );

/** Publications that choose rows of a table by a condition: PostgreSQL does not say by which of its columns. */
export function publicationsAside(plan: DiffPlan, isOfSwapped: (key: string) => boolean): Op[] {
  const tables = new Set(retyped(plan, isOfSwapped).map(tableOf));
  return [...plan.from.catalogue.values()].flatMap((item) => {
    const next = plan.to.catalogue.get(item.key);
    if (item.kind !== 'publication' || !next) return [];
    const { tables: before = [] } = item.facts as PublicationFacts;
    const { tables: after = [] } = next.facts as PublicationFacts;
    const isAnew = (table: [string, string]) => plan.recreated.has(keyOf('table', table));
    return before
      .filter(({ table, where }) => isAnew(table) || (where !== undefined && tables.has(nameOf(...table))))
      .flatMap(({ table }): Op[] => {
        const [head, named] = [`alter publication ${quoted(item.name)}`, nameOf(...table)];
        const again = after.find((one) => nameOf(...one.table) === named);
        return [
          { key: item.key, phase: 'away', rank: 0, statements: [`${head} drop table ${named}`] },
          ...(again
            ? [
                {
                  key: item.key,
                  phase: 'attach' as const,
                  rank: -1,
                  statements: [`${head} add table ${tableText(again)}`],
                },
              ]
            : []),
        ];
      });
  });
}

/** Columns whose values are rows of a table of which a column gets another type. */
export const rowColumns = (plan: DiffPlan): Column[] => {
  const changed = [...plan.retyped].flatMap((key) => plan.from.columns.get(key) ?? []);
  return [...plan.from.columns.values()].filter(
    (column) =>
      !column.inherited &&
      plan.to.columns.has(column.key) &&
      changed.some(({ schema, table }) => isOf({ schema, name: table }, column.type)),
  );
};

/** They are texts as long as the rows change. */
export const rowsAsText = (plan: DiffPlan): Op[] =>
  rowColumns(plan).flatMap((column) => {
    const name = quoted(column.name);
    const { schema, name: type, array } = typeParts(column.type);
    const alter = (to: string, value: string, phase: 'away' | 'attach') =>
      alterTable(column.key, tableOf(column), [`alter column ${name} type ${to} using ${value}`], {
        phase,
        rank: phase === 'away' ? 8 : -2,
      });
    const text = `text${array}`;
    const row = nameOf(schema, type) + array;
    return [alter(text, `${name}::${text}`, 'away'), alter(row, `${name}::${row}`, 'attach')];
  });
