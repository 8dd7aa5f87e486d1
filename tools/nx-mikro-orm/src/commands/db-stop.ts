import { stopServer } from '../postgres/embedded/server.ts';
import { command } from './command.ts';

export default command({
  summary: 'Stop the embedded PostgreSQL; its data stays',
  touches: 'database',
  options: {},
  examples: ['db-stop'],
  run: async ({ project }) => {
    const done = await stopServer(project.workspace);
    return { json: { done }, lines: [done === 'stopped' ? 'Stopped.' : 'It was not running.'] };
  },
});
