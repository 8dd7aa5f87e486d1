import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import fp from 'fastify-plugin';
import { Refusal } from '../problem.ts';
import type { Settings } from '../settings.ts';

/** Headers that browsers obey, CORS for those who are named, and the means to limit a route. */
export const security = fp<{ settings: Settings }>(async (app, { settings }) => {
  await app.register(helmet, {
    // Nothing here is a page; the reference page says itself what it needs.
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
  });
  if (settings.CORS_ORIGINS)
    await app.register(cors, {
      origin: settings.CORS_ORIGINS.split(','),
      methods: ['GET', 'POST', 'PATCH', 'DELETE'],
      allowedHeaders: ['authorization', 'content-type', 'x-request-id'],
      exposedHeaders: ['location', 'retry-after', 'x-request-id'],
    });
  // Counted in this process: a brake on guessing, not what makes a code good for one teacher.
  await app.register(rateLimit, {
    global: false,
    errorResponseBuilder: (_, { after }) =>
      new Refusal('too-many-requests', `Try again in ${after}; the header retry-after says it in seconds.`),
  });
  app.addHook('onSend', (request, reply, payload, done) => {
    reply.header('x-request-id', request.id);
    // Names and codes stay in no cache; the files of the reference page say otherwise themselves.
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
    done(null, payload);
  });
});
