import { readHistory } from '../../run/standing/standing.ts';
import { typed } from '../../errors.ts';
import { halfRebuilt } from '../../history/graph.ts';
import { command } from './command.ts';

export default command({
  summary: 'Show the revisions that nothing revises: a healthy history has one',
  touches: 'files',
  changes: 'nothing',
  options: {},
  examples: ['heads'],
  run: ({ project }) => {
    const history = readHistory(project);
    const { heads } = history;
    const rebuilt = heads.length > 1 ? halfRebuilt(history) : undefined;
    const lines = heads.length ? [...heads] : ['The history is empty.'];
    if (heads.length > 1)
      lines.push(
        '',
        `${heads.length} heads: \`up\` will refuse until ${rebuilt ? `what ${rebuilt.name} replaces is gone` : 'one follows the other'}.`,
        ...(rebuilt ? [`If a rebuild was interrupted: ${typed('rebuild')}`] : []),
      );
    return Promise.resolve({ json: { heads }, lines, exit: heads.length > 1 ? 'differs' : 'ok' });
  },
});
