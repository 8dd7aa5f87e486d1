import type { Client } from 'pg';
import { isConcurrent } from '../../../sql/kind.ts';
import { sameIndex } from '../../../sql/index-shape.ts';
import { relationName } from '../../../sql/names.ts';
import { parseStatements, type NodeOf, type Statement } from '../../../sql/parse.ts';
import { invalidIndexes } from './invalid.ts';
import { find } from './names.ts';
import { made, notDone, repeatable, unknown, type Evidence } from './verdict.ts';

interface Row {
  /** `schema.name`, quoted. */
  index: string;
  name: string;
  valid: boolean;
  definition: string;
}

export async function ofCreatedIndex(client: Client, node: NodeOf<'IndexStmt'>): Promise<Evidence> {
  const table = node.relation && (await find(client, 'relation', relationName(node.relation)));
  if (!table) return notDone;
  const { rows } = await client.query<Row>(
    `select format('%I.%I', n.nspname, c.relname) as index, c.relname as name,
       c.relkind = 'I' or i.indisvalid as valid, pg_get_indexdef(c.oid) as definition
     from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
     where i.indrelid = $1`,
    [table.oid],
  );
  const alike: { row: Row; likeness: 'same' | 'perhaps' | 'other' }[] = [];
  for (const row of rows) {
    const [found] = await parseStatements(row.definition);
    alike.push({ row, likeness: found?.type === 'IndexStmt' ? sameIndex(node, found.node) : 'perhaps' });
  }
  if (node.idxname !== undefined) {
    const named = alike.find(({ row }) => row.name === node.idxname);
    if (!named) return notDone;
    // With `if not exists`, the server goes by the name alone, and would go by it again.
    if (named.likeness === 'other' && node.if_not_exists) return repeatable;
    if (named.likeness === 'other') return unknown(`there is another index of that name: ${named.row.definition}`);
    return built(client, named.row, node.if_not_exists);
  }
  // PostgreSQL has chosen the name.
  const candidates = alike.filter(({ likeness }) => likeness !== 'other');
  const [first, second] = candidates;
  if (!first) return notDone;
  if (second || first.likeness === 'perhaps')
    return unknown(`it may be one of these: ${candidates.map(({ row }) => row.definition).join('; ')}`);
  return built(client, first.row, false);
}

async function built(client: Client, row: Row, ifNotExists: boolean | undefined): Promise<Evidence> {
  if (row.valid) return made(true, ifNotExists);
  const idle = (await invalidIndexes(client)).some(({ index }) => index === row.index);
  return idle ? { found: 'invalid-index', index: row.index } : beingBuilt(client);
}

async function beingBuilt(client: Client): Promise<Evidence> {
  const { rows } = await client.query<{ pid: number; since: Date }>(
    `select pid, query_start as since from pg_stat_progress_create_index join pg_stat_activity using (pid)
     where pg_stat_activity.datname = current_database() limit 1`,
  );
  return rows[0] ? { found: 'running', ...rows[0] } : unknown('its index was just now being built or dropped');
}

/** Rebuilding an index twice is harmless; what an interrupted concurrent rebuild leaves behind is not. */
export async function ofReindex(client: Client, statement: Statement & { type: 'ReindexStmt' }): Promise<Evidence> {
  if (!isConcurrent(statement)) return repeatable;
  const { relation } = statement.node;
  const found = relation && (await find(client, 'relation', relationName(relation)));
  if (relation && !found) return notDone;
  const { rows } = await client.query<{ table: string }>(
    `select format('%I.%I', n.nspname, c.relname) as table from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.oid = coalesce((select indrelid from pg_index where indexrelid = $1), $1)`,
    [found?.oid],
  );
  // For a whole schema or database, every leftover counts: none of them is of use to anybody.
  const invalid = await invalidIndexes(client, relation && rows.map(({ table }) => table));
  const indexes = invalid.filter(({ leftover }) => leftover).map(({ index }) => index);
  return indexes.length > 0 ? { found: 'leftover-indexes', indexes } : repeatable;
}
