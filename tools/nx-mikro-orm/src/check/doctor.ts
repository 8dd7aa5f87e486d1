import { connectToRead, findTarget } from '../postgres/connect/connect.ts';
import { readHistory } from '../run/standing/standing.ts';
import { readLedger } from '../ledger/ledger.ts';
import type { Project } from '../config.ts';
import { firstLine, Problem, problem } from '../errors.ts';
import { onlyHead } from '../history/graph.ts';
import { stateOf } from '../history/state.ts';
import { withScratch } from '../rehearsal/scratch/database.ts';
import { checkModelSet, withModels } from '../author/models/models.ts';

export interface Diagnosis {
  what: string;
  ok: boolean;
  found: string;
  next: string[];
}

/** Tries each thing that the other commands rely on, and goes on when one does not work. */
export async function doctor(project: Project): Promise<Diagnosis[]> {
  const findings: Diagnosis[] = [];
  const look = async (what: string, work: () => Promise<string> | string) => {
    try {
      findings.push({ what, ok: true, found: await work(), next: [] });
    } catch (error) {
      const found = error instanceof Problem ? error.message : firstLine(error);
      findings.push({ what, ok: false, found, next: error instanceof Problem ? error.next : [] });
    }
  };
  await look('node', () => process.version);
  await look('configuration', () => project.file);
  await look('history', () => {
    const history = readHistory(project);
    return `${history.order.length} revisions, head ${onlyHead(history) ?? 'base'}`;
  });
  await look('database', async () => {
    const target = await findTarget(project);
    const client = await connectToRead(project, target);
    if (!client) return `${target.shown} does not exist yet; \`up\` makes it`;
    try {
      const { rows } = await client.query<{ version: string }>("select current_setting('server_version') as version");
      return `${target.shown}${target.embedded ? ' (embedded)' : ''}, PostgreSQL ${rows[0]?.version}`;
    } finally {
      await client.end();
    }
  });
  await look('ledger', async () => {
    const client = await connectToRead(project);
    if (!client) return 'none yet';
    try {
      const { inconsistenciesIn } = await import('../repair/repair.ts');
      const wrong = (await inconsistenciesIn(project, client)).filter(({ weight }) => weight === 'wrong');
      if (wrong[0]) throw problem('inconsistent', { count: wrong.length, first: firstLine(wrong[0].found) });
      const state = stateOf(readHistory(project), await readLedger(client, project));
      return `at ${state.current.join(', ') || 'base'}, ${state.pending.length} pending`;
    } finally {
      await client.end();
    }
  });
  await look('scratch, models', () =>
    withModels(project, () =>
      withScratch(project, [], {}, async ({ session }) => {
        await checkModelSet(project, session.orm);
        return `a scratch database can be made; ${session.orm.getMetadata().getAll().size} entities, all registered`;
      }),
    ),
  );
  return findings;
}
