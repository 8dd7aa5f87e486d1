import { defineRule } from '../rule.ts';
import { came } from '../seen.ts';
import { relationName } from '../../sql/names.ts';

export default defineRule({
  code: 'path-decides',
  class: 'naming',
  severity: 'warning',
  danger: 'A name without a schema lands where the search_path of the moment says, which the file itself has changed.',
  instead: 'write the schema in front of the name',
  bad: ['set search_path = sales; create table note (id bigint)'],
  good: ['set search_path = sales; create table sales.note (id bigint)', 'create table note (id bigint)'],
  check: ({ statement, before, after }) => {
    if (statement.type !== 'CreateStmt') return [];
    const { schema, name } = relationName(statement.node.relation ?? { inh: true, relpersistence: 'p' });
    const [made] = came(before.relations, after.relations).filter(
      (one) => one.name === name && 'rp'.includes(one.kind),
    );
    if (schema !== undefined || !made || made.persistence === 't' || made.schema === 'public') return [];
    return [
      { relation: name, message: `${name} is made in the schema ${made.schema}, by the search_path of this moment` },
    ];
  },
});
