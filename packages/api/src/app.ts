import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify, { LogController, type FastifyInstance } from 'fastify';
import { answerError } from './answer.ts';
import { Database } from './database.ts';
import { logOptions, requestId } from './log.ts';
import { openOrm } from './orm.ts';
import { access } from './plugins/access.ts';
import { arrival, refuseUnreadable } from './plugins/arrival.ts';
import { encoding } from './plugins/encoding.ts';
import { forwarded } from './plugins/forwarded.ts';
import { metrics } from './plugins/metrics.ts';
import { describeRefusals, reference } from './plugins/reference.ts';
import { requestLog } from './plugins/request-log.ts';
import { security } from './plugins/security.ts';
import { behindGate, startGate } from './plugins/start-gate.ts';
import { stopping } from './plugins/stopping.ts';
import { unknownRoute } from './plugins/unknown-route.ts';
import { schemaController } from './plugins/validation.ts';
import { health } from './routes/health.ts';
import { inviteCodes } from './routes/invite-codes.ts';
import { teachers } from './routes/teachers.ts';
import { tokensOf, type Settings } from './settings.ts';

declare module 'fastify' {
  interface FastifyInstance {
    database: Database;
  }
}

/** Builds the service without listening: `main.ts` listens, tests `inject`. Closing it closes its connections. */
export async function buildApp(settings: Settings): Promise<FastifyInstance> {
  const arrivalTime = settings.REQUEST_TIMEOUT * 1000;
  const app = Fastify({
    logger: logOptions(settings.LOG_LEVEL),
    // One line per request, once it is answered: below.
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: requestId,
    frameworkErrors: answerError,
    schemaController,
    bodyLimit: settings.BODY_LIMIT,
    http: {
      requestTimeout: arrivalTime,
      headersTimeout: arrivalTime,
      // Node looks this often for requests that take too long; half a minute, unless it is told otherwise.
      connectionsCheckingInterval: Math.min(arrivalTime, 1000),
      // Refused in `arrival`, with a body.
      requireHostHeader: false,
    },
    requestTimeout: arrivalTime,
    clientErrorHandler: refuseUnreadable,
    trustProxy: settings.TRUSTED_PROXIES || false,
    // While it closes, what still arrives is answered as well.
    return503OnClosing: false,
  }).withTypeProvider<TypeBoxTypeProvider>();
  app.setErrorHandler(answerError);
  await app.register(forwarded);
  await app.register(requestLog);
  await app.register(arrival);
  await app.register(encoding);

  const patience = settings.DATABASE_PATIENCE * 1000;
  app.decorate('database', new Database(await openOrm(settings, app.log), { patience, log: app.log }));
  app.addHook('onClose', () => app.database.close());

  await app.register(stopping);
  await app.register(security, { settings });
  await app.register(unknownRoute);
  await app.register(startGate, { settings });
  await app.register(metrics, { token: settings.METRICS_TOKEN });
  await app.register(reference);
  await app.register(health, { prefix: '/health' });
  await app.register(async (scope) => {
    await scope.register(describeRefusals);
    await scope.register(access, { tokens: tokensOf(settings.ADMIN_TOKEN) });
    await scope.register(behindGate);
    const redeemLimit = { max: settings.REDEEM_LIMIT, timeWindow: settings.REDEEM_WINDOW * 1000 };
    await scope.register(inviteCodes, { prefix: '/invite-codes' });
    await scope.register(teachers, { prefix: '/teachers', redeemLimit });
  });
  return app;
}
