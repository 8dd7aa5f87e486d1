import { defineKind } from './kind.ts';
import { quoted } from './naming.ts';
import { routineText, routineName, userMade, wordFor } from './reading.ts';

/** Access methods of tables and indexes. */
export const accessMethod = defineKind<{ type: 'table' | 'index'; handler: string }, { handler: string }>({
  order: 40,
  catalogue: 'pg_am',
  name: 'a.amname',
  oid: 'a.oid',
  from: 'pg_am a',
  where: userMade('pg_am', 'a.oid'),
  facts: () => ({ type: wordFor('a.amtype', { t: 'table', i: 'index' }), handler: routineText('a.amhandler') }),
  layout: () => ({ handler: routineName('a.amhandler') }),
  named: ({ name }) => quoted(name),
  make: ({ name, facts: { type }, layout: { handler } }) => ({
    create: [`create access method ${quoted(name)} type ${type} handler ${handler}`],
  }),
});
