import { defineKind } from './kind.ts';
import { literal, nameOf } from './naming.ts';
import { flag, userMade, userSchema } from './reading.ts';

interface Facts {
  provider: string;
  collate?: string;
  ctype?: string;
  locale?: string;
  rules?: string;
  'not deterministic'?: true;
}

const providers: Record<string, string> = { i: 'icu', b: 'builtin', c: 'libc', d: 'libc' };

/** Collations. */
export const collation = defineKind<Facts>({
  order: 50,
  catalogue: 'pg_collation',
  schema: 'n.nspname',
  name: 'c.collname',
  oid: 'c.oid',
  from: 'pg_collation c join pg_namespace n on n.oid = c.collnamespace',
  where: `${userSchema('n.nspname')} and ${userMade('pg_collation', 'c.oid')}`,
  facts: () => ({
    provider: 'c.collprovider',
    collate: 'c.collcollate',
    ctype: 'c.collctype',
    locale: `coalesce(to_jsonb(c) ->> 'colllocale', to_jsonb(c) ->> 'colliculocale')`,
    rules: `to_jsonb(c) ->> 'collicurules'`,
    'not deterministic': flag('not c.collisdeterministic'),
  }),
  make: ({ schema, name, facts }) => {
    const parts = [
      `provider = ${providers[facts.provider] ?? 'libc'}`,
      facts.collate !== undefined && `lc_collate = ${literal(facts.collate)}`,
      facts.ctype !== undefined && `lc_ctype = ${literal(facts.ctype)}`,
      facts.locale !== undefined && `locale = ${literal(facts.locale)}`,
      facts.rules !== undefined && `rules = ${literal(facts.rules)}`,
      facts['not deterministic'] && 'deterministic = false',
    ];
    return { create: [`create collation ${nameOf(schema, name)} (${parts.filter(Boolean).join(', ')})`], rank: -4 };
  },
  rename: ({ schema, name }, to) => `alter collation ${nameOf(schema, name)} rename to ${nameOf(undefined, to)}`,
});
