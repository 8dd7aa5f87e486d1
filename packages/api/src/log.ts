import type { FastifyRequest, FastifyServerOptions } from 'fastify';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { pathOf } from './answer.ts';

type LogOptions = Exclude<FastifyServerOptions['logger'], boolean | undefined>;

/** One line of JSON per event, with the id of its request; without tokens, codes, addresses of people, queries or SQL. */
export const logOptions = (level: string): LogOptions => ({
  level,
  // What a line has comes from the serializers, which let nothing secret through; this is for whoever logs more one day.
  redact: { paths: ['headers.authorization', 'headers.cookie', 'inviteCode', 'code', 'email'], censor: '[hidden]' },
  serializers: { req: showRequest, err: showError },
});

const showRequest = ({ method, url, ip, id }: FastifyRequest) => ({ id, method, path: pathOf(url), ip });

/**
 * What went wrong and where, but not the message of a failed statement: MikroORM's begins with the statement and its
 * values, PostgreSQL's detail has the row.
 */
function showError(error: Error & { code?: unknown; table?: unknown; constraint?: unknown; routine?: unknown }) {
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

/** The id that a proxy has given the request, if it is one; else a new one. */
export function requestId({ headers }: IncomingMessage): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^[\w.-]{8,64}$/.test(given) ? given : randomUUID();
}
