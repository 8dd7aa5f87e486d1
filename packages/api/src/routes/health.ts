import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { Live, NotReady, Ready } from '../schemas/readiness.ts';
import { Ref } from '../schemas/reference.ts';

const tags = ['Operations'];

/** `live`: the process answers. `ready`: send requests here, found out on each call. */
export const health: FastifyPluginCallbackTypebox = (app, _, done) => {
  app.get(
    '/live',
    { schema: { tags, operationId: 'live', summary: 'Does the process answer?', response: { 200: Ref(Live) } } },
    () => ({ live: true as const }),
  );

  app.get(
    '/ready',
    {
      schema: {
        tags,
        operationId: 'ready',
        summary: 'Does the database stand where this build needs it?',
        response: { 200: Ref(Ready, 'Send requests here.'), 503: Ref(NotReady, 'Send requests elsewhere.') },
      },
    },
    async (_, reply) => {
      if (app.stopping()) return reply.status(503).send({ ready: false, reason: 'stopping', revisions: [] });
      const found = await app.gate.check();
      return found.ready ? reply.send(found) : reply.status(503).send(found);
    },
  );

  done();
};
