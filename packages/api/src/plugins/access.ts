import bearerAuth from '@fastify/bearer-auth';
import fp from 'fastify-plugin';
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Token } from '../settings.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Reachable without a token. Everything else in the same scope needs one. */
    public?: boolean;
  }
  interface FastifyRequest {
    /** The name of the token that it came with; null before that is known, and where none is asked for. */
    by: string | null;
  }
}

/** How a bearer token is asked for: its scheme in any letter case (RFC 9110, section 11.1), no line of log for a wrong one. */
export const bearer = { addHook: false, verifyErrorLogLevel: 'debug', specCompliance: 'rfc6749' } as const;

/** Wants one of the tokens for every route that is registered after this, in the same scope, and is not `public`. */
export const access = fp<{ tokens: Token[] }>(async (app, { tokens }) => {
  const known = tokens.map(({ name, token }) => ({ name, digest: digestOf(token) }));
  await app.register(bearerAuth, {
    ...bearer,
    keys: [],
    auth: (given, request) => {
      const digest = digestOf(given);
      // Every one is compared, each in constant time.
      const [found] = known.filter((token) => timingSafeEqual(token.digest, digest));
      request.by = found?.name ?? null;
      return found !== undefined;
    },
  });
  app.addHook('onRoute', (route) => {
    if (route.config?.public) return;
    route.onRequest = [app.verifyBearerAuth!, ...[route.onRequest ?? []].flat()];
    route.schema = { ...route.schema, security: [{ admin: [] }] };
  });
});

const digestOf = (token: string): Buffer => createHash('sha256').update(token).digest();
