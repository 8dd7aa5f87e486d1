import type { MikroORM } from '@mikro-orm/postgresql';
import { readiness, type Query } from '@tutoria/migrations';
import type { FastifyInstance } from 'fastify';

/** `live`: the process answers. `ready`: its database stands exactly at this build's history, found out on each call. */
export async function health(app: FastifyInstance, { orm }: { orm: MikroORM }): Promise<void> {
  app.addHook('onSend', async (_, reply) => {
    reply.header('cache-control', 'no-store');
  });

  app.get('/live', async () => ({ live: true }));

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
}
