import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { FastifyInstance } from 'fastify';
import assert from 'node:assert/strict';

interface Operation {
  responses: Record<string, { content?: Record<string, { schema: object }> }>;
}

interface Document {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: object };
}

/** Pages and files, which are not part of the interface. */
export const undescribed = /^(\/docs(\/.*)?|\/openapi\.json|\/metrics|\*)$/;

/** Compares every answer of the service with its own OpenAPI document, whoever asked. To be called before the first request. */
export function conformance(app: FastifyInstance): { assertNone: () => void } {
  const mistakes: string[] = [];
  let judge: ((asked: Answered) => string | undefined) | undefined;
  app.addHook('onSend', async ({ method, routeOptions: { url } }, reply, payload) => {
    judge ??= judgeBy(app.swagger() as unknown as Document);
    if (!url || undescribed.test(url)) return payload;
    const type = String(reply.getHeader('content-type') ?? '').split(';', 1)[0]!;
    const asked = { method: method.toLowerCase(), path: pathOf(url), status: reply.statusCode, type, body: payload };
    const mistake = judge(asked);
    if (mistake) mistakes.push(`${method} ${url} ${reply.statusCode} ${type}: ${mistake}`);
    return payload;
  });
  return { assertNone: () => assert.deepEqual(mistakes, []) };
}

/** `/teachers/:id`, as OpenAPI spells it. */
const pathOf = (url: string): string => url.replace(/:(\w+)/g, '{$1}');

interface Answered {
  method: string;
  path: string;
  status: number;
  type: string;
  body: unknown;
}

/** What is wrong with an answer, or undefined. */
function judgeBy(document: Document): (answered: Answered) => string | undefined {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  formats.default(ajv);
  ajv.addSchema({ ...document, $id: 'document' });
  const compiled = new Map<string, ValidateFunction>();
  return ({ method, path, status, type, body }) => {
    const operation = document.paths[path]?.[method === 'head' ? 'get' : method];
    const response = operation?.responses[status];
    if (!response) return 'the status is not described';
    if (body === undefined || body === null || body === '') return response.content ? 'there is no body' : undefined;
    if (!response.content?.[type]) return 'the type is not described';
    const pointer = ['paths', path, method, 'responses', status, 'content', type, 'schema']
      .map((part) => String(part).replaceAll('~', '~0').replaceAll('/', '~1'))
      .join('/');
    let validate = compiled.get(pointer);
    if (!validate) compiled.set(pointer, (validate = ajv.compile({ $ref: `document#/${encodeURI(pointer)}` })));
    return validate(JSON.parse(body as string)) ? undefined : ajv.errorsText(validate.errors);
  };
}
