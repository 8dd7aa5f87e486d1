import { defineKind } from './kind.ts';
import { onItsOwn, routineText, typeText, userMade, wordFor } from './reading.ts';

interface Facts {
  with: string;
  as?: 'assignment' | 'implicit';
}

/** Casts. */
export const cast = defineKind<Facts>({
  order: 180,
  catalogue: 'pg_cast',
  signature: `'(' || ${typeText('c.castsource')} || ' as ' || ${typeText('c.casttarget')} || ')'`,
  oid: 'c.oid',
  from: 'pg_cast c',
  where: `${userMade('pg_cast', 'c.oid')} and ${onItsOwn('pg_cast', 'c.oid')}`,
  facts: () => ({
    with: `case c.castmethod when 'f' then 'with function ' || ${routineText('c.castfunc')} when 'i' then 'with inout'
      else 'without function' end`,
    as: wordFor('c.castcontext', { a: 'assignment', i: 'implicit' }),
  }),
  print: (facts) => [facts.with, facts.as && `as ${facts.as}`],
  named: ({ signature = '' }) => signature,
  make: ({ signature = '', facts }) => ({
    create: [`create cast ${signature} ${facts.with}${facts.as ? ` as ${facts.as}` : ''}`],
  }),
});
