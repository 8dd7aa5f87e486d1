import { Gate, type Readiness } from '@tutoria/migrations';
import fp from 'fastify-plugin';
import { Pool } from 'pg';
import { connectionOptions } from '../orm.ts';
import { Refusal } from '../problem.ts';
import type { Settings } from '../settings.ts';
import { giveUpSilent } from '../silence.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** Whether the database stands where this build needs it. */
    gate: Gate;
  }
}

/** How long the ledger is waited for, in milliseconds: less than the gate waits for all of it. */
const limits = { connect: 2500, statement: 2000, silence: 2500 };

/** Makes the gate. It asks by a connection of its own: that all of the routes are in use says nothing about the database. */
export const startGate = fp<{ settings: Settings }>((app, { settings }, done) => {
  const pool = new Pool({
    ...connectionOptions(settings),
    max: 1,
    connectionTimeoutMillis: limits.connect,
    statement_timeout: limits.statement,
  });
  giveUpSilent(pool, limits.silence);
  const warn = (error: Error) => app.log.warn(error, 'the ledger was not read');
  pool.on('error', warn);
  // While a question runs, its rejection says the same.
  pool.on('connect', (client) => client.on('error', () => undefined));
  app.decorate(
    'gate',
    new Gate(async (sql) => {
      try {
        return (await pool.query<{ name: string }>(sql)).rows;
      } catch (error) {
        warn(error as Error);
        throw error;
      }
    }),
  );
  app.addHook('onClose', () => pool.end());
  done();
});

/** Keeps requests out of the routes of this scope until the gate is open, and asks again each time. */
export const behindGate = fp((app, _, done) => {
  app.addHook('preHandler', (_, __, next) => {
    if (app.gate.open) next();
    else app.gate.check().then((found) => next(refusal(found)), next);
  });
  done();
});

function refusal(found: Readiness): Refusal | undefined {
  if (found.ready) return undefined;
  if (found.reason === 'busy') return new Refusal('busy', 'Try again in a moment.');
  if (found.reason === 'unreachable') return new Refusal('unreachable', 'GET /health/ready says when it is back.');
  const where = found.reason === 'ahead' ? 'ahead of' : 'behind';
  return new Refusal('not-ready', `The database is ${where} this build: ${found.revisions.join(', ')}.`);
}
