import type { SchemaDifference, TableDifference } from '@mikro-orm/sql';
import { problem } from '../errors.ts';

/** Answers to what cannot be told from the models: is a column that went away renamed, or dropped? */
export interface Decisions {
  /** From `table.column` (or `schema.table.column`) to the new column name. */
  renamed: Map<string, string>;
  /** `table.column` or `table`: its values go. */
  dropped: Set<string>;
}

/** Reads `--rename a.b:c,d.e:f` and `--drop a.b,c`. @throws bad-option */
export function parseDecisions(rename: string | undefined, drop: string | undefined): Decisions {
  const renamed = new Map<string, string>();
  for (const part of split(rename)) {
    const match = /^(.+\.[^.:]+):([^:.]+)$/.exec(part);
    if (!match?.[1] || !match[2])
      throw problem('bad-option', {
        command: 'create',
        detail: `--rename wants table.column:new_name, not "${part}".`,
      });
    renamed.set(match[1], match[2]);
  }
  return { renamed, dropped: new Set(split(drop)) };
}

const split = (text: string | undefined): string[] =>
  (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

/**
 * Applies the decisions to a difference, in place.
 *
 * A column that went away beside one that came is never taken for a rename, nor for a drop, unless somebody says so:
 * MikroORM would guess by type alone. @throws question-open, with one flag to type for each answer
 */
export function decide(difference: SchemaDifference, decisions: Decisions): void {
  const open: { question: string; flags: string[] }[] = [];
  for (const table of Object.values(difference.changedTables)) decideColumns(table, decisions, open);
  const added = Object.values(difference.newTables);
  for (const { name, schema } of Object.values(difference.removedTables)) {
    const full = qualified(schema, name);
    if (added.length > 0 && !decisions.dropped.has(full))
      open.push({
        question: `Table ${full} is gone from the models, and ${added.map((table) => qualified(table.schema, table.name)).join(', ')} came. Is it dropped, with its rows?`,
        flags: [`--drop ${full}`],
      });
  }
  if (open.length > 0) throw problem('question-open', { open });
}

function decideColumns(
  table: TableDifference,
  decisions: Decisions,
  open: { question: string; flags: string[] }[],
): void {
  // What MikroORM guessed is taken back first, so that all columns are treated alike.
  for (const [old, column] of Object.entries(table.renamedColumns)) {
    delete table.renamedColumns[old];
    const before = table.fromTable.getColumn(old);
    if (before) table.removedColumns[old] = before;
    table.addedColumns[column.name] = column;
  }
  const name = qualified(table.toTable.schema, table.toTable.name);
  for (const old of Object.keys(table.removedColumns)) {
    const candidates = Object.keys(table.addedColumns);
    const renamedTo = decisions.renamed.get(`${name}.${old}`);
    const column = renamedTo === undefined ? undefined : table.addedColumns[renamedTo];
    if (renamedTo !== undefined && !column)
      throw problem('bad-option', {
        command: 'create',
        detail: `--rename ${name}.${old}:${renamedTo}: the models add no column "${renamedTo}" to ${name}.`,
      });
    if (column) {
      delete table.removedColumns[old];
      delete table.addedColumns[column.name];
      table.renamedColumns[old] = column;
    } else if (candidates.length > 0 && !decisions.dropped.has(`${name}.${old}`)) {
      open.push({
        question: `Column ${name}.${old} is gone from the models, and ${candidates.join(', ')} came. Renamed, or dropped with its values?`,
        flags: [...candidates.map((to) => `--rename ${name}.${old}:${to}`), `--drop ${name}.${old}`],
      });
    }
  }
}

const qualified = (schema: string | undefined, name: string): string =>
  schema && schema !== 'public' ? `${schema}.${name}` : name;
