import { defineKind } from './kind.ts';
import { nameOf, quoted } from './naming.ts';
import { members } from './operator-members.ts';
import { flag, typeText, userMade, userSchema } from './reading.ts';

interface Facts {
  for: string;
  default?: true;
  family: string;
  storage?: string;
}

/** Operator classes. */
export const operatorClass = defineKind<Facts, { method: string; members?: string[] }>({
  order: 170,
  catalogue: 'pg_opclass',
  schema: 'n.nspname',
  name: 'o.opcname',
  signature: `' using ' || quote_ident(m.amname)`,
  oid: 'o.oid',
  from: `pg_opclass o join pg_namespace n on n.oid = o.opcnamespace join pg_am m on m.oid = o.opcmethod
    join pg_opfamily f on f.oid = o.opcfamily`,
  where: `${userSchema('n.nspname')} and ${userMade('pg_opclass', 'o.oid')}`,
  facts: () => ({
    for: typeText('o.opcintype'),
    default: flag('o.opcdefault'),
    family: `f.opfnamespace::regnamespace::text || '.' || quote_ident(f.opfname)`,
    storage: typeText('o.opckeytype'),
  }),
  layout: () => ({ method: 'm.amname', members: members('pg_opclass', 'o.opcfamily') }),
  named: ({ schema, name, layout }) => `${nameOf(schema, name)} using ${quoted(layout.method)}`,
  make: ({ schema, name, facts, layout: { method, members: all } }) => {
    const storage = facts.storage ?? (all ? undefined : facts.for);
    const parts = [...(all ?? []), ...(storage === undefined ? [] : [`storage ${storage}`])];
    const isDefault = facts.default ? ' default' : '';
    return {
      create: [
        `create operator class ${nameOf(schema, name)}${isDefault} for type ${facts.for} using ${quoted(method)} family ${facts.family} as ${parts.join(', ')}`,
      ],
    };
  },
});
