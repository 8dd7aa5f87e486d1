import { readHistory, readState } from '../../run/standing/standing.ts';
import { problem } from '../../errors.ts';
import { everyName } from '../../history/stored.ts';
import { known, type Applied } from '../../history/state.ts';
import { command } from './command.ts';
import { fieldsOf } from './recorded.ts';

export default command({
  summary: 'Show every revision and what it revises, newest first',
  touches: 'database',
  changes: 'nothing',
  options: {
    applied: { type: 'boolean', help: 'Also when, by whom, from which commit, and what only the ledger knows' },
    offline: { type: 'boolean', help: 'Read the files only; do not ask the database what is applied' },
  },
  examples: ['history', 'history --applied', 'history --offline --json'],
  run: async ({ project, options }) => {
    if (options.offline && options.applied)
      throw problem('bad-option', { command: 'history', detail: '--offline does not ask what is applied.' });
    const { history, state } = options.offline
      ? { history: readHistory(project), state: undefined }
      : await readState(project);
    const rows = new Map(state?.applied.map((row) => [row.name, row]));
    const names = options.applied ? everyName(history, state?.applied ?? []) : history.order.map(({ name }) => name);
    const revisions = names.map((name) => {
      const revision = history.byName.get(name);
      const row = rows.get(name);
      return {
        name,
        revises: revision?.revises ?? row?.revises ?? [],
        path: revision?.path ?? null,
        head: history.heads.includes(name),
        current: state?.current.includes(name) ?? false,
        applied: state ? row !== undefined : undefined,
        ...(options.applied && { missing: revision === undefined, ...fieldsOf(row, appliedFields) }),
      };
    });
    const lines = revisions.toReversed().flatMap((revision, at, all) => {
      const marks = [
        revision.head && 'head',
        revision.current && 'current',
        revision.applied === false && 'pending',
        revision.path === null && 'missing',
      ].filter(Boolean);
      // In a chain the line below is what it revises; only another parent has to be said.
      const below = all[at + 1]?.name;
      const follows = revision.revises.join(', ') || 'base';
      const link = revision.revises.length === 1 && follows === below ? '' : `  revises ${follows}`;
      const row = options.applied ? rows.get(revision.name) : undefined;
      return [
        `${revision.name}${marks.length ? `  (${marks.join(', ')})` : ''}${link}`,
        ...(row ? [`    ${knownOf(row)}`] : []),
      ];
    });
    return { json: { heads: history.heads, revisions }, lines: lines.length ? lines : ['The history is empty.'] };
  },
});

const knownOf = (row: Applied): string =>
  `${known(row)}${row.durationMs === undefined ? '' : `, in ${row.durationMs} ms`}`;

const appliedFields = ['at', 'by', 'host', 'commit', 'branch', 'tool', 'durationMs'] as const;
