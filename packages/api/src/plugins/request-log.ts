import fp from 'fastify-plugin';

declare module 'fastify' {
  interface FastifyRequest {
    /** The address that it came from, still known when its connection is gone. */
    caller: string | null;
  }
  interface FastifyInstance {
    /** Logs that a request did not arrive; of many in one second the first few, and how many were left out. */
    brokenOff: (line: { reqId: string; problem?: string; req?: unknown; ip?: string | null | undefined }) => void;
  }
}

/** How many requests that were broken off are logged in a second. */
const most = 10;

/** One line per request, once it is answered or broken off. */
export const requestLog = fp((app, _, done) => {
  app.decorateRequest('by', null);
  app.decorateRequest('caller', null);
  app.addHook('onRequest', (request, _, next) => {
    request.caller = request.ip;
    next();
  });
  let second = 0;
  let logged = 0;
  let leftOut = 0;
  app.decorate('brokenOff', (line) => {
    const now = Math.floor(performance.now() / 1000);
    if (now !== second) logged = 0;
    second = now;
    if (++logged > most) return void leftOut++;
    app.log.info({ ...line, ...(leftOut > 0 && { leftOut }) }, 'broken off');
    leftOut = 0;
  });
  app.addHook('onRequestAbort', (request, next) => {
    app.brokenOff({ reqId: request.id, req: request, ip: request.caller });
    next();
  });
  app.addHook('onResponse', (request, reply, next) => {
    request.log.info(
      { req: request, by: request.by, status: reply.statusCode, ms: Math.round(reply.elapsedTime * 10) / 10 },
      'answered',
    );
    next();
  });
  done();
});
