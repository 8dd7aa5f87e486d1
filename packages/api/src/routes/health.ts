import type { MikroORM } from '@mikro-orm/postgresql';
import { readiness, type Query } from '@tutoria/migrations';
import type { FastifyPluginCallback } from 'fastify';

/** `live`: the process answers. `ready`: its database stands exactly at this build's history, found out on each call. */
export const health: FastifyPluginCallback<{ orm: MikroORM }> = (app, { orm }, done) => {
  app.addHook('onSend', (_, reply, payload, next) => {
    reply.header('cache-control', 'no-store');
    next(null, payload);
  });

  app.get('/live', () => ({ live: true }));

  app.get('/ready', async (request, reply) => {
    const query: Query = async (sql) => {
      try {
        return await orm.em.getConnection().execute<{ name: string }[]>(sql);
      } catch (error) {
        request.log.warn(error);
        throw error;
      }
    };
    const answer = await readiness(query);
    return reply.status(answer.ready ? 200 : 503).send(answer);
  });

  done();
};
