/** PostgreSQL's protocol, version 3, as far as a proxy must read it: where a message ends, and what a query says. */

export interface Message {
  /** One letter; empty for the messages that open a connection, which have none. */
  type: string;
  bytes: Buffer;
}

/** Cuts a stream into messages. The first one of a client has no letter: a start, or a request for TLS or to cancel. */
export class Splitter {
  #rest: Buffer = Buffer.alloc(0);
  #opening: boolean;

  constructor(from: 'client' | 'server') {
    this.#opening = from === 'client';
  }

  push(chunk: Buffer): Message[] {
    this.#rest = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    const messages: Message[] = [];
    for (let next = this.#take(); next; next = this.#take()) messages.push(next);
    return messages;
  }

  #take(): Message | undefined {
    const letter = this.#opening ? 0 : 1;
    if (this.#rest.length < letter + 4) return undefined;
    const length = letter + this.#rest.readUInt32BE(letter);
    if (this.#rest.length < length) return undefined;
    const bytes = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(length);
    const type = this.#opening ? '' : String.fromCharCode(bytes[0] ?? 0);
    // The code of a start is 3.0 (196608); after any other first message another opening one may follow.
    if (this.#opening) this.#opening = bytes.readUInt32BE(4) !== 196_608;
    return { type, bytes };
  }
}

/** The SQL of a Query or Parse message. */
export function sqlOf({ type, bytes }: Message): string | undefined {
  if (type === 'Q') return textAt(bytes, 5);
  // A Parse message names the prepared statement first.
  if (type === 'P') return textAt(bytes, bytes.indexOf(0, 5) + 1);
  return undefined;
}

const textAt = (bytes: Buffer, from: number): string => bytes.toString('utf8', from, bytes.indexOf(0, from));

/** Whether the server answers this message with one ReadyForQuery: a Query does, and the Sync of an extended one. */
export const wantsReady = ({ type }: Message): boolean => type === 'Q' || type === 'S';
