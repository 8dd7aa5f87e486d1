import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { RouteOptions } from 'fastify';
import fp from 'fastify-plugin';
import type { OpenAPIV3, OpenAPIV3_1 } from 'openapi-types';
import { InviteCode, NewInviteCode } from '../schemas/invite-code.ts';
import { ProblemSchema, refusals } from '../schemas/problem.ts';
import { Live, NotReady, Ready } from '../schemas/readiness.ts';
import { Registration, Teacher, TeacherChange } from '../schemas/teacher.ts';

const shared = [
  ProblemSchema,
  InviteCode,
  NewInviteCode,
  Teacher,
  Registration,
  TeacherChange,
  Live,
  Ready,
  NotReady,
] as object[] as { $id?: string; type?: unknown }[];

/** The OpenAPI document, made of the schemas that the routes validate with, at `/openapi.json`; a page of it at `/docs`. */
export const reference = fp(async (app) => {
  for (const schema of shared) app.addSchema(schema);
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Tutoria',
        version: '0.1.0',
        description:
          'Invite codes, and the teachers who register with them. Refusals are `application/problem+json` (RFC 9457).',
      },
      components: { securitySchemes: { admin: { type: 'http', scheme: 'bearer', description: '`ADMIN_TOKEN`' } } },
    },
    transformObject: (made) => {
      if ('openapiObject' in made) letBodiesBeMissing(made.openapiObject);
      return 'openapiObject' in made ? made.openapiObject : made.swaggerObject;
    },
    refResolver: {
      buildLocalReference: ({ $id }, _, __, index) => (typeof $id === 'string' ? $id : `schema-${index}`),
    },
  });
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: true,
    // Served over plain HTTP in development; nothing comes from anywhere else. Swagger UI styles some elements inline.
    transformStaticCSP: (policy) =>
      policy
        .replace(' upgrade-insecure-requests;', '')
        .replaceAll(' https:', '')
        .replace(' validator.swagger.io', '')
        .replace("style-src 'self'", "style-src 'self' 'unsafe-inline'"),
    uiConfig: { persistAuthorization: false, validatorUrl: null, displayRequestDuration: true },
  });
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger());
});

/** Adds to each route of this scope what any of them may refuse. */
export const describeRefusals = fp((app, _, done) => {
  app.addHook('onRoute', (route) => {
    const { response = {} } = (route.schema ?? {}) as { response?: object };
    const common = refusals(
      'malformed',
      'invalid',
      ...(isPublic(route) ? [] : (['unauthorized'] as const)),
      // Fastify reads a body wherever there may be one, also where none is asked for.
      ...(route.method === 'GET' ? [] : (['too-large', 'unsupported-media-type'] as const)),
      'internal',
      'not-ready',
      'unreachable',
      'busy',
      ...(route.method === 'GET' ? [] : (['outcome-unknown'] as const)),
    );
    route.schema = { ...route.schema, response: { ...common, ...response } };
  });
  done();
});

const isPublic = ({ config }: RouteOptions): boolean => config?.public === true;

/** A body that may be null may be missing; @fastify/swagger calls every body required. */
function letBodiesBeMissing({ paths = {} }: Partial<OpenAPIV3_1.Document | OpenAPIV3.Document>): void {
  const nullable = shared.filter(({ type }) => Array.isArray(type) && type.includes('null'));
  const references = nullable.map(({ $id }) => `#/components/schemas/${$id}`);
  for (const item of Object.values(paths))
    for (const { requestBody } of Object.values(
      item as Record<string, { requestBody?: OpenAPIV3_1.RequestBodyObject }>,
    )) {
      const schema = requestBody?.content['application/json']?.schema as { $ref?: string } | undefined;
      if (requestBody && references.includes(schema?.$ref ?? '')) requestBody.required = false;
    }
}
