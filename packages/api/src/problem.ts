import {
  ConnectionException,
  InvalidFieldNameException,
  TableNotFoundException,
  type Constructor,
} from '@mikro-orm/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { STATUS_CODES } from 'node:http';

/** A refusal that the caller may read: thrown by routes, sent as it is. */
export class Refusal extends Error {
  readonly statusCode: number;

  constructor(statusCode: number, detail: string) {
    super(detail);
    this.statusCode = statusCode;
  }
}

/** The only way in which an error leaves: in our words (RFC 9457), never with a stack, SQL or an address. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const { status, detail } = translate(error);
  if (status >= 500) request.log.error(error);
  send(reply, status, detail);
}

export function answerUnknownRoute(request: FastifyRequest, reply: FastifyReply): void {
  const [path] = request.url.split('?');
  send(reply, 404, `There is no route ${request.method} ${path}.`);
}

const send = (reply: FastifyReply, status: number, detail: string): void => {
  void reply
    .status(status)
    .type('application/problem+json')
    // Serialised here, so that no route's response schema drops a field.
    .send(JSON.stringify({ title: STATUS_CODES[status], status, detail }));
};

/** What the database says when nobody answers, or when it does not stand at this build's history. */
const unready: Constructor<Error>[] = [ConnectionException, TableNotFoundException, InvalidFieldNameException];
// Network failures, and PostgreSQL's classes 08 (connection), 57P (shutting down), 53 (no resources), 3D (no database).
const unreachable = /^(E[A-Z]+|08...|57P..|53...|3D...)$/;

function translate(error: unknown): { status: number; detail: string } {
  const { statusCode, code, message } = error as { statusCode?: unknown; code?: unknown; message: string };
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500)
    return { status: statusCode, detail: message };
  if (unready.some((kind) => error instanceof kind) || (typeof code === 'string' && unreachable.test(code)))
    return { status: 503, detail: 'The database is not ready; GET /health/ready says why.' };
  return { status: 500, detail: 'Something went wrong here. It has been logged.' };
}
