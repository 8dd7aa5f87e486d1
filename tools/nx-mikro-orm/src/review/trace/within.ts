/** Statements that are about to be written into a revision, traced in the session that proves them. */
import type { Client } from 'pg';
import { parseStatements } from '../../sql/parse.ts';
import type { ScriptTrace } from './script.ts';
import { Tracer, type Unit } from './trace.ts';

/** Runs texts in the open transaction, of which it leaves nothing. */
export async function traceWithin(client: Client, texts: readonly string[]): Promise<ScriptTrace> {
  await client.query('savepoint reviewed');
  try {
    const tracer = await Tracer.within(client);
    const { state: base } = tracer;
    const unit: Unit = { isTransaction: true, statements: [] };
    for (const text of texts)
      for (const statement of await parseStatements(text)) unit.statements.push(await tracer.inside(statement));
    return { base, units: [unit] };
  } finally {
    await client.query('rollback to savepoint reviewed; release savepoint reviewed');
  }
}
