import type { FastifyInstance, HTTPMethods } from 'fastify';

export interface Operation {
  method: HTTPMethods & ('GET' | 'POST' | 'PATCH' | 'DELETE');
  /** As OpenAPI spells it: `/teachers/{id}`. */
  path: string;
  operationId: string;
  summary?: string;
  security?: object[];
  responses: Record<string, object>;
}

/** What the OpenAPI document describes. */
export const operations = (app: FastifyInstance): Operation[] =>
  Object.entries(app.swagger().paths ?? {}).flatMap(([path, item]) =>
    Object.entries(item as Record<string, Operation>).map(([method, operation]) => ({
      ...operation,
      method: method.toUpperCase() as Operation['method'],
      path,
    })),
  );

/** What Fastify routes to, from the tree that it prints. */
export function routesOf(app: FastifyInstance): { method: string; path: string }[] {
  const parents: string[] = [];
  return app
    .printRoutes({ commonPrefix: false })
    .split('\n')
    .flatMap((line) => {
      const [, indent = '', part = '', methods] = /^([│ ]*)[├└]── ([^ ]*)(?: \((.*)\))?$/.exec(line) ?? [];
      const depth = indent.length / 4;
      parents.length = depth;
      parents.push(part);
      const path = parents
        .join('')
        .replace(/:(\w+)/g, '{$1}')
        .replace(/(.)\/$/, '$1');
      return (methods?.split(', ') ?? []).map((method) => ({ method, path }));
    });
}
