import { alterCommands } from '../../sql/kind.ts';
import { relationName } from '../../sql/names.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  code: 'moved-files',
  class: 'table_rewrite',
  severity: 'error',
  danger: 'The server copies every file of the table to another place, while nobody can read or write it.',
  instead: 'use pg_repack with a tablespace, or a new table there that takes over',
  bad: ['alter table teacher set tablespace fast'],
  good: [],
  check: ({ statement, failure, before }) => {
    if (statement.type === 'AlterTableMoveAllStmt')
      return [{ message: 'every file there is copied, while nobody can read or write its table' }];
    if (statement.type !== 'AlterTableStmt' || !/^tablespace ".*" does not exist$/.test(failure?.message ?? ''))
      return [];
    const { name } = relationName(statement.node.relation ?? { inh: true, relpersistence: 'p' });
    const moves = alterCommands(statement.node).some(({ subtype }) => subtype === 'AT_SetTableSpace');
    if (!moves || ![...before.relations.values()].some((one) => one.name === name)) return [];
    return [
      {
        relation: name,
        lock: 'AccessExclusiveLock',
        message: `every file of ${name} is copied; every read and write of it waits (AccessExclusiveLock)`,
      },
    ];
  },
});
