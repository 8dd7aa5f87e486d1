import bearerAuth from '@fastify/bearer-auth';
import fp from 'fastify-plugin';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Reachable without the token. Everything else in the same scope needs it. */
    public?: boolean;
  }
}

/** Wants the bearer token for every route that is registered after this, in the same scope, and is not `public`. */
export const access = fp<{ token: string }>(async (app, { token }) => {
  // Compares in constant time.
  await app.register(bearerAuth, { keys: [token], addHook: false, verifyErrorLogLevel: 'debug' });
  app.addHook('onRoute', (route) => {
    if (route.config?.public) return;
    route.onRequest = [app.verifyBearerAuth!, ...[route.onRequest ?? []].flat()];
    route.schema = { ...route.schema, security: [{ admin: [] }] };
  });
});
