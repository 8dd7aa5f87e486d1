import type { FastifyRequest, FastifyServerOptions } from 'fastify';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { pathOf } from './answer.ts';
import { DatabaseFailure } from './failure.ts';

type LogOptions = Exclude<FastifyServerOptions['logger'], boolean | undefined>;

/** One line of JSON per event, with the id of its request; without tokens, codes, addresses of people, queries or SQL. */
export const logOptions = (level: string): LogOptions => ({
  level,
  // What a line has comes from the serializers, which let nothing secret through; this is for whoever logs more one day.
  redact: { paths: ['headers.authorization', 'headers.cookie', 'inviteCode', 'code', 'email'], censor: '[hidden]' },
  serializers: { req: showRequest, err: showError },
});

const showRequest = ({ method, url, ip, id }: FastifyRequest) => ({ id, method, path: pathOf(url), ip });

type Refused = Error & { code?: unknown; table?: unknown; constraint?: unknown; routine?: unknown };

/**
 * What went wrong and where, but not the message of a failed statement: MikroORM's begins with the statement and its
 * values, PostgreSQL's detail has the row.
 */
function showError(given: Refused) {
  const error: Refused = given instanceof DatabaseFailure ? given.cause : given;
  const { name, code, table, constraint, routine, stack = '' } = error;
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line));
  const fromDatabase = routine !== undefined || / - /.test(error.message);
  return {
    type: name,
    message: fromDatabase ? 'refused by the database: see code' : error.message,
    code,
    table,
    constraint,
    stack: frames.join('\n'),
  };
}

const ids = new WeakMap<IncomingMessage, string>();

/** The id that a proxy has given the request, if it is one; else a new one. The same whenever it is asked for. */
export function requestId(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  const id = ids.get(request) ?? (typeof given === 'string' && /^[\w.-]{8,64}$/.test(given) ? given : randomUUID());
  ids.set(request, id);
  return id;
}
