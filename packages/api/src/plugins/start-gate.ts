import { Gate, type Readiness } from '@tutoria/migrations';
import fp from 'fastify-plugin';
import { Refusal } from '../problem.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** Whether the database stands where this build needs it. */
    gate: Gate;
  }
}

/** Makes the gate. The database is asked through the same connections as by the routes. */
export const startGate = fp((app, _, done) => {
  app.decorate(
    'gate',
    new Gate(async (sql) => {
      try {
        return await app.database.query<{ name: string }>(sql);
      } catch (error) {
        app.log.warn(error, 'the ledger was not read');
        throw error;
      }
    }),
  );
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
  if (found.reason === 'unreachable') return new Refusal('unreachable', 'GET /health/ready says when it is back.');
  const where = found.reason === 'ahead' ? 'ahead of' : 'behind';
  return new Refusal('not-ready', `The database is ${where} this build: ${found.revisions.join(', ')}.`);
}
