import { kindOf } from './kind.ts';
import { onItsOwn, routine, type, userMade, word } from './reading.ts';

interface Facts {
  with: string;
  as?: 'assignment' | 'implicit';
}

/** Casts. */
export const cast = kindOf<Facts>({
  kinds: ['cast'],
  catalogue: 'pg_cast',
  signature: `'(' || ${type('c.castsource')} || ' as ' || ${type('c.casttarget')} || ')'`,
  oid: 'c.oid',
  from: 'pg_cast c',
  where: `${userMade('pg_cast', 'c.oid')} and ${onItsOwn('pg_cast', 'c.oid')}`,
  facts: () => ({
    with: `case c.castmethod when 'f' then 'with function ' || ${routine('c.castfunc')} when 'i' then 'with inout'
      else 'without function' end`,
    as: word('c.castcontext', { a: 'assignment', i: 'implicit' }),
  }),
  print: (facts) => [facts.with, facts.as && `as ${facts.as}`],
  named: ({ signature = '' }) => signature,
  make: ({ signature = '', facts }) => ({
    create: [`create cast ${signature} ${facts.with}${facts.as ? ` as ${facts.as}` : ''}`],
  }),
});
