/** What a column is told of how it keeps its values, which PostgreSQL forgets when the column gets another type. */
import type { Item } from '../../catalogue/index.ts';
import type { Column } from './column.ts';
import { quoted } from './names.ts';
import { alterTable, type Op } from './op.ts';
import { tableOf } from './columns.ts';

const forgotten = /^(storage|compression) (\w+)$/gm;

/**
 * Says it again, as `said` has it. (tablecmds.c, "ATExecAlterColumnType": storage becomes the type's own, compression the
 * server's; statistics and options stay.)
 */
export function settingsAgain(column: Column, said: Item): Op[] {
  const actions = [...said.definition.matchAll(forgotten)].map(
    ([, setting, value]) => `alter column ${quoted(column.name)} set ${setting} ${value}`,
  );
  return actions.length === 0
    ? []
    : [alterTable(column.key, tableOf(column), actions, { phase: 'structure', rank: 3 })];
}
