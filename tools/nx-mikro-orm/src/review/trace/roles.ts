import type { Client } from 'pg';
import { escapeIdentifier } from 'pg';
import type { Statement } from '../../sql/parse.ts';

/** Roles that statements name. They are the server's, not the database's, so that what names them must not fail for the lack of one. */
function rolesNamed(statements: readonly Statement[]): string[] {
  const found = new Set<string>();
  const look = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const { roletype, rolename } = value as { roletype?: string; rolename?: string };
    if (roletype === 'ROLESPEC_CSTRING' && rolename) found.add(rolename);
    for (const inner of Object.values(value)) look(inner);
  };
  for (const { node } of statements) look(node);
  return [...found].filter((name) => !name.startsWith('pg_'));
}

/** Makes the roles that are missing; on scratch they have no rights, and go with it. */
export async function makeRoles(client: Client, statements: readonly Statement[]): Promise<void> {
  for (const name of rolesNamed(statements)) await client.query(`create role ${escapeIdentifier(name)}`);
}
