import { MikroORM } from '@mikro-orm/postgresql';
import { ormConfig } from '@tutoria/migrations';
import type { FastifyInstance } from 'fastify';
import { buildApp } from './app.ts';

const patience = 10_000;

try {
  const { host, port } = address(process.env);
  const orm = await MikroORM.init(await ormConfig());
  const app = buildApp({ orm, logger: true });
  app.addHook('onClose', () => orm.close());
  stopPolitely(app);
  await app.listen({ host, port });
} catch (error) {
  // One line, without a stack: what failed before the service ran is for a person to read.
  process.stderr.write(`The API did not start: ${(error as Error).message}\n`);
  process.exit(1);
}

function address(env: NodeJS.ProcessEnv): { host: string; port: number } {
  const port = env['PORT'] || '3000';
  if (!/^\d+$/.test(port) || Number(port) > 65_535) throw new Error(`PORT must be a number up to 65535, not "${port}"`);
  return { host: env['HOST'] || '127.0.0.1', port: Number(port) };
}

/** On SIGTERM or Ctrl-C: takes nothing new, finishes what runs, ends. Nx may pass the same Ctrl-C on once more. */
function stopPolitely(app: FastifyInstance): void {
  let stopping = false;
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    if (stopping) return;
    stopping = true;
    app.log.info(`${signal}: stopping`);
    setTimeout(() => {
      app.log.error('some requests did not end: stopping without them');
      process.exit(1);
    }, patience).unref();
    await app.close();
    process.exit(0);
  };
  process.on('SIGTERM', (signal) => void stop(signal));
  process.on('SIGINT', (signal) => void stop(signal));
}
