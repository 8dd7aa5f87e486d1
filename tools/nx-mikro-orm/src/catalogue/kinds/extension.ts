import { defineKind } from './kind.ts';
import { literal, quoted } from './naming.ts';

interface Facts {
  schema: string;
  /** Where it is not the one that the server makes by default: servers have different ones. */
  version?: string;
}

const version = (facts: Facts): string => (facts.version === undefined ? '' : ` version ${literal(facts.version)}`);

/** Extensions, but for plpgsql, which is everywhere. */
export const extension = defineKind<Facts, { ownSchema?: true }>({
  order: 20,
  catalogue: 'pg_extension',
  among: `extname <> 'plpgsql'`,
  name: 'e.extname',
  oid: 'e.oid',
  from: 'pg_extension e',
  where: `e.extname <> 'plpgsql'`,
  joins: () => 'left join pg_available_extensions known on known.name = e.extname',
  facts: () => ({
    schema: 'e.extnamespace::regnamespace::text',
    version: 'case when e.extversion <> known.default_version then e.extversion end',
  }),
  layout: () => ({
    ownSchema: `nullif(exists (
      select from pg_depend where classid = 'pg_namespace'::regclass and objid = e.extnamespace
        and refclassid = 'pg_extension'::regclass and refobjid = e.oid and deptype = 'e'), false)`,
  }),
  named: ({ name }) => quoted(name),
  // Where an extension makes its schema itself, the schema must not be named: it is not there yet.
  make: ({ name, facts, layout }) => ({
    create: [`create extension ${quoted(name)}${layout.ownSchema ? '' : ` schema ${facts.schema}`}${version(facts)}`],
    rank: -4,
  }),
  alter: ({ to: { name, facts }, changed }) => [
    ...(changed.has('schema') ? [{ sql: `alter extension ${quoted(name)} set schema ${facts.schema}` }] : []),
    ...(changed.has('version')
      ? [
          {
            sql: `alter extension ${quoted(name)} update${facts.version === undefined ? '' : ` to ${literal(facts.version)}`}`,
          },
        ]
      : []),
  ],
});
