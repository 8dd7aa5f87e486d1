import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import assert from 'node:assert/strict';

/** A connection to the service on which a test writes byte for byte what it likes. */
export interface Wire extends Disposable {
  send: (bytes: string | Buffer) => void;
  /** Everything that comes until the service closes the connection. */
  answer: Promise<string>;
  socket: Socket;
}

export async function wireTo(address: string): Promise<Wire> {
  const { port, hostname } = new URL(address);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  // A reset after the answer is no loss.
  socket.on('error', () => undefined);
  const answer = text(socket).catch(() => '');
  return {
    send: (bytes) => socket.write(bytes),
    answer,
    socket,
    [Symbol.dispose]: () => socket.destroy(),
  };
}

/** The beginning of a `POST /invite-codes` with a body of `length` bytes, of which none is sent. */
export const upload = (token: string, length = 100): string =>
  [
    'POST /invite-codes HTTP/1.1',
    'host: here',
    `authorization: Bearer ${token}`,
    'content-type: application/json',
    `content-length: ${length}`,
    '\r\n',
  ].join('\r\n');

/** Takes an answer apart, and insists that it is a problem document with the id that its header has. */
export function problemIn(answer: string): { status: number; kind: string } {
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  const [, status] = /^HTTP\/1\.1 (\d+) /.exec(head) ?? [];
  assert.match(head, /^content-type: application\/problem\+json/im, answer);
  const problem = JSON.parse(body) as { type: string; status: number; requestId: string };
  assert.equal(/^x-request-id: (.*)$/im.exec(head)?.[1], problem.requestId);
  assert.equal(problem.status, Number(status));
  return { status: problem.status, kind: problem.type.split(':').at(-1)! };
}
