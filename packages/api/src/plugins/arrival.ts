import type { ConnectionError, FastifyInstance } from 'fastify';
import fp from 'fastify-plugin';
import { randomUUID } from 'node:crypto';
import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { problemOf } from '../answer.ts';
import { requestId } from '../log.ts';
import { problems, Refusal, type ProblemName } from '../problem.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** Connections with what is to be answered on each, in the order in which it came. */
    arrivals: Map<Socket, Set<Exchange>>;
  }
}

interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
}

/** How long a caller may send or take nothing once the service ends, in milliseconds. */
const grace = 1000;

/** What becomes of requests that do not arrive: broken off, unreadable, too slow, or half there when the service ends. */
export const arrival = fp((app, _, done) => {
  const arrivals: FastifyInstance['arrivals'] = new Map();
  app.decorate('arrivals', arrivals);
  app.server.on('connection', (socket) => {
    arrivals.set(socket, new Set());
    socket.on('close', () => arrivals.delete(socket));
  });
  app.server.on('request', (request, response) => {
    const exchange = { request, response };
    arrivals.get(request.socket)?.add(exchange);
    response.on('close', () => arrivals.get(request.socket)?.delete(exchange));
  });
  // Node would answer both itself, without a body: a missing Host (RFC 9112, section 3.2), and `Expect: something`.
  app.addHook('onRequest', ({ headers, raw }, reply, next) => {
    if (raw.httpVersion !== '1.1' || headers.host !== undefined) return next();
    reply.header('connection', 'close');
    throw new Refusal('malformed', 'Send the header "Host".');
  });
  app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response));
  let closing: NodeJS.Timeout | undefined;
  app.addHook('preClose', (next) => {
    closing = setInterval(() => giveUpStuck(app), grace).unref();
    next();
  });
  app.addHook('onClose', (_, next) => {
    clearInterval(closing);
    next();
  });
  done();
});

/** How far the answers on a connection had got when it was last looked at, in bytes. */
const progress = new WeakMap<Socket, number>();

/** Ends what only waits for its caller: requests that are not all there, and answers of which nothing more is taken. */
function giveUpStuck(app: FastifyInstance): void {
  for (const [socket, waiting] of app.arrivals) {
    const exchanges = [...waiting];
    const taken = socket.bytesWritten - socket.writableLength;
    if (!exchanges.some(({ request }) => request.complete))
      refuseOn(app, socket, 'too-slow', 'The service ends. Send the request again.');
    else if (exchanges[0]?.response.headersSent && progress.get(socket) === taken) socket.destroy();
    progress.set(socket, taken);
  }
}

/** Answers what Node's parser does not take. For Fastify's `clientErrorHandler`. */
export function refuseUnreadable(this: FastifyInstance, { code }: ConnectionError, socket: Socket): void {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') refuseOn(this, socket, 'too-slow', 'The request did not arrive in time.');
  else if (code === 'HPE_HEADER_OVERFLOW')
    refuseOn(this, socket, 'headers-too-large', 'Send fewer or shorter headers.');
  else refuseOn(this, socket, 'malformed', 'This is not HTTP/1.1.');
}

/** Answers on a connection whose request will not be there, and closes it. */
function refuseOn(app: FastifyInstance, socket: Socket, problem: ProblemName, detail: string): void {
  const [exchange] = app.arrivals.get(socket) ?? [];
  const id = exchange ? requestId(exchange.request) : randomUUID();
  // What is broken off in its body has a line of its own, as every request.
  if (!exchange) app.brokenOff({ reqId: id, problem, ip: socket.remoteAddress });
  // An answer that has begun stays the only one.
  if (!socket.writable || exchange?.response.headersSent) return void socket.destroy();
  const { status } = problems[problem];
  const body = JSON.stringify(problemOf({ problem, detail }, id));
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      'content-type: application/problem+json',
      `content-length: ${Buffer.byteLength(body)}`,
      'cache-control: no-store',
      'x-content-type-options: nosniff',
      `x-request-id: ${id}`,
      'connection: close',
      '',
      body,
    ].join('\r\n'),
  );
  socket.destroySoon();
}
