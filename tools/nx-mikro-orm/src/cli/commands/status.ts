import { look } from '../../run/standing/standing.ts';
import { remarksOn, statusRows, verdictOf, type StatusRow } from '../../run/standing/status.ts';
import { textTable, type TextColumn } from '../../text/table.ts';
import { command } from './command.ts';
import { byWhom, fieldsOf, fromWhich } from './recorded.ts';
import { checkOption, exitOf, openingJson, openingLines } from './state-lines.ts';

export default command({
  summary: 'Show every revision with its state in this database, newest last, and what does not fit',
  touches: 'database',
  changes: 'nothing',
  options: checkOption,
  examples: ['status', 'status --check'],
  run: async ({ project, report, options }) => {
    const found = await look(project);
    const { target, history, state } = found;
    const rows = statusRows(found);
    const verdict = verdictOf(found, rows);
    const remarks = remarksOn(found, rows);
    const place = state.current.join(', ') || 'base: nothing is applied';
    const lines = [
      ...openingLines(found),
      `${target.shown}${target.embedded ? ' (embedded PostgreSQL)' : ''} is at ${place}`,
      ...(rows.length ? ['', ...textTable(rows, columns, report.columns)] : ['The history is empty.']),
      ...remarks.flatMap(({ state, names, text, next }) => [
        '',
        `${state}: ${names.length > 1 ? `${names.length} revisions. ` : ''}${text}`,
        ...next.map((step, at) => `${at === 0 ? 'Next:' : '  or:'} ${step}`),
      ]),
    ];
    const json = {
      database: target.shown,
      embedded: target.embedded,
      verdict,
      current: state.current,
      heads: history.heads,
      ...openingJson(found),
      revisions: rows.map(jsonOf),
      remarks,
    };
    return { json, lines, exit: exitOf(options.check, verdict) };
  },
});

const columns: TextColumn<StatusRow>[] = [
  { title: 'state', of: ({ state }) => state },
  { title: 'revision', of: ({ name }) => name, least: 46 },
  { title: 'when (UTC)', of: ({ row }) => row?.at.toISOString().slice(0, 16).replace('T', ' ') ?? '' },
  { title: 'by', of: ({ row }) => byWhom(row ?? {}) },
  { title: 'from', of: ({ row }) => fromWhich(row ?? {}) },
  { title: 'ms', of: ({ row }) => (row?.durationMs === undefined ? '' : String(row.durationMs)), right: true },
];

const jsonOf = ({ state, name, row, revision }: StatusRow) => ({
  state,
  name,
  path: revision?.path ?? null,
  revises: revision?.revises ?? row?.revises ?? null,
  ...fieldsOf(row, ['at', 'by', 'host', 'branch', 'commit', 'tool', 'durationMs']),
});
