import { sequences as family, unusual } from '../../../catalogue/kinds/sequences.ts';
import { grantsOn, identity, type Recipe } from '../recipe.ts';

/** Makes the sequence with rows `s` of pg_sequence and `row` of pg_class. */
export const createSequence = (row: string) => `concat_ws(' ', 'create',
  case ${row}.relpersistence when 'u' then 'unlogged' end, 'sequence', ${identity('pg_class', `${row}.oid`)},
  ${unusual(`'bigint'::regtype`).join(', ')})`;

export const grantsOnSequence = (row: string, name: string) =>
  grantsOn('s', `'sequence ' || ${name}`, `${row}.relacl`, `${row}.relowner`);

const sequence = identity('pg_class', 'c.oid');

/** Sequences that are on their own; one that a column owns without using it goes with the column. */
export const sequences: Recipe = {
  family,
  phase: 'structure',
  create: () => createSequence('c'),
  after: () => [
    `'alter sequence ' || ${sequence} || ' owned by ' || ${identity('pg_class', 'o.refobjid')} || '.' || quote_ident(oc.attname)`,
  ],
  grants: [grantsOnSequence('c', sequence)],
  drop: `case when oc.attname is null then 'drop sequence ' || ${sequence} end`,
};
