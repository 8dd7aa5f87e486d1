import fp from 'fastify-plugin';
import { pathOf } from '../answer.ts';
import { Refusal } from '../problem.ts';

/**
 * Tells what is not there from what cannot be done with it (405 and `allow`), before a body is looked at. To be registered
 * before the routes.
 */
export const unknownRoute = fp((app, _, done) => {
  const known = new Map<string, { pattern: RegExp; methods: Set<string> }>();
  app.addHook('onRoute', ({ url, method }) => {
    const route = known.get(url) ?? { pattern: patternOf(url), methods: new Set() };
    for (const each of [method].flat()) route.methods.add(each);
    known.set(url, route);
  });
  app.addHook('onRequest', (request, reply, next) => {
    if (!request.is404) return next();
    const path = pathOf(request.url);
    const methods = [...known.values()]
      .filter(({ pattern }) => pattern.test(path))
      .flatMap((route) => [...route.methods]);
    if (methods.length === 0) throw new Refusal('not-found', `There is no route ${request.method} ${path}.`);
    const allowed = [...new Set(methods)].sort().join(', ');
    reply.header('allow', allowed);
    throw new Refusal('method-not-allowed', `${path} takes ${allowed}.`);
  });
  // A route that finds nothing of its own: the files of the reference page.
  app.setNotFoundHandler(({ url }) => {
    throw new Refusal('not-found', `There is nothing at ${pathOf(url)}.`);
  });
  done();
});

/** `/teachers/:id` as an expression. No route here has any other kind of parameter, but for the files of the page. */
const patternOf = (url: string): RegExp =>
  new RegExp(
    `^${url
      .replace(/[.+?^$()[\]{}|\\]/g, '\\$&')
      .replace(/:\w+/g, '[^/]+')
      .replace(/\*/g, '.*')}$`,
  );
