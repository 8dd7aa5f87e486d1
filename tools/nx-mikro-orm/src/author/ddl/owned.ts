import { escapeLiteral } from 'pg';

/** A condition of SQL: the owner, by the expressions for its schema and name, is one of these (`[schema, name]` as JSON). */
export const ownedBy = (owners: ReadonlySet<string>, schema: string, name: string): string =>
  owners.size === 0
    ? 'false'
    : `(${schema}::text, ${name}::text) in (select o ->> 0, o ->> 1 from json_array_elements(${escapeLiteral(`[${[...owners].join()}]`)}::json) o)`;
