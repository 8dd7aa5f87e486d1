import fp from 'fastify-plugin';
import { setTimeout as sleep } from 'node:timers/promises';

declare module 'fastify' {
  interface FastifyInstance {
    stopping: () => boolean;
    /** Says so at `/health/ready`, goes on for `delay` milliseconds, then finishes what runs and closes. */
    stop: (delay: number) => Promise<void>;
  }
}

/** Ends the service without losing a request. */
export const stopping = fp((app, _, done) => {
  let begun = false;
  app.decorate('stopping', () => begun);
  app.decorate('stop', async (delay: number) => {
    begun = true;
    await sleep(delay);
    await app.close();
  });
  app.addHook('preClose', (next) => {
    begun = true;
    next();
  });
  app.addHook('onSend', (_request, reply, payload, next) => {
    // Whoever is still answered is told to ask elsewhere, or a kept-alive connection would hold this process open.
    if (begun) reply.header('connection', 'close');
    next(null, payload);
  });
  done();
});
