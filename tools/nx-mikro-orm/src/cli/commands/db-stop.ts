import { stopScratchServer, stopServer } from '../../postgres/embedded/server.ts';
import { command } from './command.ts';

export default command({
  summary: 'Stop the embedded PostgreSQL, and the one that scratch has for itself; their data stays',
  touches: 'database',
  changes: 'database',
  options: {},
  examples: ['db-stop'],
  run: async ({ project }) => {
    const done = await stopServer(project.workspace);
    const scratch = await stopScratchServer(project.workspace);
    return {
      json: { done, scratch },
      lines: [
        done === 'stopped' ? 'Stopped.' : 'It was not running.',
        ...(scratch === 'stopped' ? ['The server of scratch was stopped as well.'] : []),
      ],
    };
  },
});
