import { defineKind } from './kind.ts';
import { literal, nameOf } from './naming.ts';
import { flag, routineText, routineName, userMade, userSchema } from './reading.ts';

/** Conversions between encodings. */
export const conversion = defineKind<{ for: string; to: string; from: string; default?: true }, { from: string }>({
  order: 200,
  catalogue: 'pg_conversion',
  schema: 'n.nspname',
  name: 'c.conname',
  oid: 'c.oid',
  from: 'pg_conversion c join pg_namespace n on n.oid = c.connamespace',
  where: `${userSchema('n.nspname')} and ${userMade('pg_conversion', 'c.oid')}`,
  facts: () => ({
    for: 'pg_encoding_to_char(c.conforencoding)',
    to: 'pg_encoding_to_char(c.contoencoding)',
    from: routineText('c.conproc'),
    default: flag('c.condefault'),
  }),
  layout: () => ({ from: routineName('c.conproc') }),
  make: ({ schema, name, facts, layout }) => ({
    create: [
      `create ${facts.default ? 'default ' : ''}conversion ${nameOf(schema, name)} for ${literal(facts.for)} to ${literal(facts.to)} from ${layout.from}`,
    ],
  }),
});
