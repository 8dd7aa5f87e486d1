import fp from 'fastify-plugin';
import { isIP } from 'node:net';

/**
 * Reads `x-forwarded-for` from the nearest proxy on: addresses without their ports, up to the first entry that is none. What
 * lies behind that nobody vouches for. So `request.ip`, by which tries are counted, is always an address.
 */
export const forwarded = fp((app, _, done) => {
  app.addHook('onRequest', ({ raw: { headers } }, _reply, next) => {
    const given = headers['x-forwarded-for'];
    if (given !== undefined) headers['x-forwarded-for'] = addresses(String(given)).join(', ');
    next();
  });
  done();
});

function addresses(header: string): string[] {
  const entries = header.split(',').map(addressOf);
  return entries.slice(entries.lastIndexOf(undefined) + 1) as string[];
}

/** `192.0.2.1:8080` and `[2001:db8::1]:8080`, as some proxies write them, or the address alone; a zone is no part of it. */
function addressOf(entry: string): string | undefined {
  const whole = entry.trim();
  const [, bracketed, plain] = /^(?:\[([^\]]*)\]|([\d.]+))(?::\d+)?$/.exec(whole) ?? [];
  return [whole, bracketed, plain].find((each = '') => isIP(each) && !each.includes('%'));
}
