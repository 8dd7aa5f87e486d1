import { defineKind } from './kind.ts';
import { quoted } from './naming.ts';

/** Extensions, but for plpgsql, which is everywhere. Their version is the server's business. */
export const extension = defineKind<{ schema: string }, { ownSchema?: true }>({
  order: 20,
  catalogue: 'pg_extension',
  among: `extname <> 'plpgsql'`,
  name: 'e.extname',
  oid: 'e.oid',
  from: 'pg_extension e',
  where: `e.extname <> 'plpgsql'`,
  facts: () => ({ schema: 'e.extnamespace::regnamespace::text' }),
  layout: () => ({
    ownSchema: `nullif(exists (
      select from pg_depend where classid = 'pg_namespace'::regclass and objid = e.extnamespace
        and refclassid = 'pg_extension'::regclass and refobjid = e.oid and deptype = 'e'), false)`,
  }),
  named: ({ name }) => quoted(name),
  // Where an extension makes its schema itself, the schema must not be named: it is not there yet.
  make: ({ name, facts, layout }) => ({
    create: [`create extension ${quoted(name)}${layout.ownSchema ? '' : ` schema ${facts.schema}`}`],
    rank: -4,
  }),
  alter: ({ to, changed }) =>
    changed.has('schema') ? [{ sql: `alter extension ${quoted(to.name)} set schema ${to.facts.schema}` }] : [],
});
