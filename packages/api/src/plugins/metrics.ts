import bearerAuth from '@fastify/bearer-auth';
import fp from 'fastify-plugin';
import { bearer } from './access.ts';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** What Prometheus reads at `/metrics`: the process, and requests by route, never by address. */
export const metrics = fp<{ token?: string | undefined }>(async (app, { token }) => {
  const register = new Registry();
  collectDefaultMetrics({ register });
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'How long requests took, from their first byte to the last of the answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [register],
  });
  new Gauge({
    name: 'tutoria_gate_open',
    help: '1 when the database stands where this build needs it.',
    registers: [register],
    collect() {
      this.set(app.gate.open ? 1 : 0);
    },
  });
  new Gauge({
    name: 'tutoria_database_connections',
    help: 'Connections of the pool, and requests that wait for one.',
    labelNames: ['state'],
    registers: [register],
    async collect() {
      const { total, idle, waiting } = await app.database.connections();
      this.set({ state: 'busy' }, total - idle);
      this.set({ state: 'idle' }, idle);
      this.set({ state: 'waiting' }, waiting);
    },
  });
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'none';
    duration.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
    done();
  });
  await app.register(async (scope) => {
    if (token) await scope.register(bearerAuth, { ...bearer, keys: [token] });
    const guard = token ? { onRequest: scope.verifyBearerAuth! } : {};
    scope.get('/metrics', { ...guard, schema: { hide: true } }, async (_, reply) => {
      return reply.type(register.contentType).send(await register.metrics());
    });
  });
});
