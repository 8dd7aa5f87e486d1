import { readHistory, readState } from '../apply/run.ts';
import { command } from './command.ts';

export default command({
  summary: 'Show every revision and what it revises, newest first',
  touches: 'database',
  options: {
    offline: { type: 'boolean', help: 'Read the files only; do not ask the database what is applied' },
  },
  examples: ['history', 'history --offline --json'],
  run: async ({ project, options }) => {
    const { history, state } = options.offline
      ? { history: readHistory(project), state: undefined }
      : await readState(project);
    const applied = new Set(state?.applied.map(({ name }) => name));
    const revisions = history.order.map(({ name, revises, path }) => ({
      name,
      revises,
      path,
      head: history.heads.includes(name),
      current: state?.current.includes(name) ?? false,
      applied: state ? applied.has(name) : undefined,
    }));
    const lines = revisions.toReversed().map((revision, at, all) => {
      const marks = [
        revision.head && 'head',
        revision.current && 'current',
        revision.applied === false && 'pending',
      ].filter(Boolean);
      // In a chain the line below is what it revises; only another parent has to be said.
      const below = all[at + 1]?.name;
      const follows = revision.revises.join(', ') || 'base';
      const link = revision.revises.length === 1 && follows === below ? '' : `  revises ${follows}`;
      return `${revision.name}${marks.length ? `  (${marks.join(', ')})` : ''}${link}`;
    });
    return { json: { heads: history.heads, revisions }, lines: lines.length ? lines : ['The history is empty.'] };
  },
});
