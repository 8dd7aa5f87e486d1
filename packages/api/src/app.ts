import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify';
import { answerError, answerUnknownRoute } from './problem.ts';
import { health } from './routes/health.ts';
import { inviteCodes } from './routes/invite-codes.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** This request's own view of the database: nothing loaded for one request is seen by another. */
    em: EntityManager;
  }
}

/** What the service is made of; the caller owns it and closes it. */
export interface Parts {
  orm: MikroORM;
  logger?: FastifyServerOptions['logger'];
}

/** Builds the service without listening: `main.ts` listens, tests `inject`. */
export function buildApp({ orm, logger = false }: Parts): FastifyInstance {
  const app = Fastify({
    logger,
    frameworkErrors: answerError,
    // Refuse what a schema does not know, and take nothing for something else, rather than mend it silently.
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false } },
  });
  app.setErrorHandler(answerError);
  app.setNotFoundHandler(answerUnknownRoute);
  app.decorateRequest('em');
  app.addHook('onRequest', (request, _, done) => {
    request.em = orm.em.fork();
    done();
  });
  closeConnections(app);
  void app.register(health, { prefix: '/health', orm });
  void app.register(inviteCodes, { prefix: '/invite-codes' });
  return app;
}

/** While closing: whoever is still answered is told to ask elsewhere, or a kept-alive connection would hold it open. */
function closeConnections(app: FastifyInstance): void {
  let closing = false;
  app.addHook('preClose', (done) => {
    closing = true;
    done();
  });
  app.addHook('onSend', (_, reply, payload, done) => {
    if (closing) reply.header('connection', 'close');
    done(null, payload);
  });
}
