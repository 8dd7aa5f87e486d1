import { spawnSync } from 'node:child_process';
import { problem } from '../../errors.ts';
import { connectOrCreate, findTarget } from '../../postgres/connect/connect.ts';
import { libpqSettings } from '../../postgres/connect/libpq.ts';
import { command } from './command.ts';

export default command({
  summary: 'Open psql on the database, where psql is installed',
  touches: 'database',
  changes: 'database',
  argument: { name: 'statement', help: 'A statement to run instead of opening a prompt' },
  options: {},
  examples: ['psql', 'psql "\\\\d invite_code"'],
  run: async ({ project, args, report }) => {
    const target = await findTarget(project);
    const client = await connectOrCreate(project, target);
    const { host, port, user, database, password } = client;
    await client.end();
    // The password goes by the environment: a command line can be read by everybody on the machine.
    const { error, status, stdout } = spawnSync('psql', args[0] === undefined ? [] : ['--command', args[0]], {
      stdio: report.json ? ['inherit', 'pipe', 'inherit'] : 'inherit',
      encoding: 'utf8',
      env: {
        ...process.env,
        PGHOST: host,
        PGPORT: String(port),
        PGUSER: user ?? '',
        PGDATABASE: database ?? '',
        ...(typeof password === 'string' ? { PGPASSWORD: password } : {}),
        ...libpqSettings(target.url),
      },
    });
    if (error) throw problem('psql-missing', { detail: error.message });
    return { json: { status, output: stdout ?? '' }, lines: [], exit: status === 0 ? 'ok' : 'failed' };
  },
});
