import { readHistory } from '../apply/run.ts';
import { command } from './command.ts';

export default command({
  summary: 'Show the revisions that nothing revises: a healthy history has one',
  touches: 'files',
  options: {},
  examples: ['heads'],
  run: ({ project }) => {
    const { heads } = readHistory(project);
    const lines = heads.length ? [...heads] : ['The history is empty.'];
    if (heads.length > 1) lines.push('', `${heads.length} heads: \`up\` will refuse until one follows the other.`);
    return Promise.resolve({ json: { heads }, lines, exit: heads.length > 1 ? 'differs' : 'ok' });
  },
});
