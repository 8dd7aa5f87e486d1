import { defineKind } from './kind.ts';
import { nameOf, quoted } from './naming.ts';
import { members } from './operator-members.ts';
import { userMade, userSchema } from './reading.ts';

interface Layout {
  method: string;
  /** Members that came with no class. */
  loose?: string[];
}

/** Operator families with all their members, also those that came with a class. */
export const operatorFamily = defineKind<{ members?: string[] }, Layout>({
  order: 160,
  catalogue: 'pg_opfamily',
  schema: 'n.nspname',
  name: 'f.opfname',
  signature: `' using ' || quote_ident(m.amname)`,
  oid: 'f.oid',
  from: 'pg_opfamily f join pg_namespace n on n.oid = f.opfnamespace join pg_am m on m.oid = f.opfmethod',
  where: `${userSchema('n.nspname')} and ${userMade('pg_opfamily', 'f.oid')}`,
  facts: () => ({
    members: `(select json_agg(line order by line collate "C") from (
      select concat_ws(' ', 'operator', amopstrategy, amopopr::regoperator::text, 'for', amoplefttype::regtype::text,
        amoprighttype::regtype::text, case amoppurpose when 'o' then 'order by ' || amopsortfamily end) as line
      from pg_amop where amopfamily = f.oid
      union all
      select concat_ws(' ', 'function', amprocnum, amproc::oid::regprocedure::text, 'for', amproclefttype::regtype::text,
        amprocrighttype::regtype::text) from pg_amproc where amprocfamily = f.oid) members)`,
  }),
  layout: () => ({ method: 'm.amname', loose: members('pg_opfamily', 'f.oid') }),
  print: ({ members: all }) => all ?? [],
  named: ({ schema, name, layout }) => `${nameOf(schema, name)} using ${quoted(layout.method)}`,
  make: ({ schema, name, layout: { method, loose } }) => {
    const named = `${nameOf(schema, name)} using ${quoted(method)}`;
    return {
      create: [`create operator family ${named}`],
      ...(loose && { after: [{ sql: `alter operator family ${named} add ${loose.join(', ')}` }] }),
    };
  },
});
