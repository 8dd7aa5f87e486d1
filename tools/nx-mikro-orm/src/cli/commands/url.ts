import { findTarget } from '../../postgres/connect/connect.ts';
import { command } from './command.ts';

export default command({
  summary: 'Print the address of the database, password included: for psql and other tools',
  touches: 'database',
  changes: 'nothing',
  reveals: true,
  options: {},
  examples: ['url'],
  run: async ({ project }) => {
    let target = await findTarget(project);
    if (target.embedded) {
      // Whoever asks wants to connect next: the server has to run, on whichever port it found.
      const { startServer } = await import('../../postgres/embedded/server.ts');
      await startServer({ root: project.workspace });
      target = await findTarget(project);
    }
    return { json: { url: target.url }, lines: [target.url] };
  },
});
