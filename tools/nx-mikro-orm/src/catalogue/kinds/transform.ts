import { defineKind } from './kind.ts';
import { routineText, typeText, userMade } from './reading.ts';

/** Transforms between a type and a language. */
export const transform = defineKind<{ 'from sql'?: string; 'to sql'?: string }>({
  order: 190,
  catalogue: 'pg_transform',
  signature: `'for ' || ${typeText('t.trftype')} || ' language ' || quote_ident(l.lanname)`,
  oid: 't.oid',
  from: 'pg_transform t join pg_language l on l.oid = t.trflang',
  where: userMade('pg_transform', 't.oid'),
  facts: () => ({ 'from sql': routineText('t.trffromsql'), 'to sql': routineText('t.trftosql') }),
  named: ({ signature = '' }) => signature,
  make: ({ signature = '', facts }) => {
    const parts = (['from sql', 'to sql'] as const).flatMap((way) =>
      facts[way] === undefined ? [] : [`${way} with function ${facts[way]}`],
    );
    return { create: [`create transform ${signature} (${parts.join(', ')})`] };
  },
});
