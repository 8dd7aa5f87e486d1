import { booksProblem, connectToRead, findTarget } from '../../postgres/connect/connect.ts';
import { countJournal, readJournal, type Recorded } from '../../ledger/journal.ts';
import { firstLine, problem } from '../../errors.ts';
import { findName } from '../../history/nearest.ts';
import { oneLine } from '../../text/line.ts';
import { command } from './command.ts';
import { byWhom, fieldsOf, fromWhich } from './recorded.ts';

export default command({
  summary: 'Show every attempt that was made on this database, oldest first: what, when, by whom, and how it ended',
  touches: 'database',
  changes: 'nothing',
  argument: { name: 'revision', help: 'Only this one: a full name, or an unambiguous part of one' },
  options: {
    last: { type: 'string', help: 'How many entries, counted from the newest, or "all". Default 20' },
  },
  examples: ['journal', 'journal invite_code --last all', 'journal --json'],
  run: async ({ project, args, options }) => {
    const last = countOf(options.last ?? '20');
    const target = await findTarget(project);
    const client = await connectToRead(project, target);
    const none = { json: { database: target.shown, left: 0, entries: [] }, lines: ['The journal is empty.'] };
    if (!client) return none;
    try {
      const counts = await countJournal(client, project);
      if (counts.length === 0) return none;
      const names = counts.flatMap(({ revision }) => revision ?? []);
      const revision = args[0] === undefined ? undefined : findName(names, args[0]);
      const all = counts.filter((one) => revision === undefined || one.revision === revision);
      const rows = await readJournal(client, project, { revision, last });
      const left = Math.max(0, all.reduce((sum, one) => sum + one.rows, 0) - rows.length);
      const lines = [
        ...(left ? [`(${left} older ones are not shown: --last ${left + rows.length}, or --last all)`] : []),
        ...rows.flatMap(linesOf),
      ];
      return { json: { database: target.shown, left, entries: rows.map(jsonOf) }, lines };
    } catch (error) {
      throw booksProblem(error, target);
    } finally {
      await client.end();
    }
  },
});

/** @throws bad-option */
function countOf(text: string): number | undefined {
  if (text === 'all') return undefined;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw problem('bad-option', { command: 'journal', detail: `--last wants a number or "all", not "${text}".` });
}

/** One line with what every entry has, and under it what people wrote or the server said. */
function linesOf(row: Recorded): string[] {
  const { at, event, revision, direction, attempt, statement, durationMs, sqlstate } = row;
  const facts = [
    at.toISOString(),
    event.padEnd(9),
    revision,
    direction,
    statement !== undefined && `statement ${statement}`,
    attempt !== undefined && attempt > 1 && `attempt ${attempt}`,
    durationMs !== undefined && `${durationMs} ms`,
    sqlstate !== undefined && `SQLSTATE ${sqlstate}`,
    byWhom(row),
    row.role !== undefined && row.role !== row.by && `as ${row.role}`,
    fromWhich(row),
  ];
  const { plan, sql, message, reason, notices = [] } = row;
  const more = [
    plan?.length && `plan     ${plan.join(', ')}`,
    sql && `sql      ${oneLine(sql)}`,
    message && `message  ${firstLine(message)}`,
    reason && `reason   ${reason}`,
    ...notices.map((text) => `said     ${text.split('\n')[0]}`),
  ];
  return [facts.filter(Boolean).join('  '), ...more.filter(Boolean).map((line) => `    ${line}`)];
}

const jsonOf = (row: Recorded) => ({ id: String(row.id), ...fieldsOf(row, fields) });

const fields = [
  'at',
  'run',
  'event',
  'revision',
  'direction',
  'attempt',
  'statement',
  'digest',
  'sql',
  'durationMs',
  'timings',
  'sqlstate',
  'message',
  'plan',
  'reason',
  'notices',
  'role',
  'by',
  'host',
  'pid',
  'backend',
  'commit',
  'branch',
  'tool',
] as const;
