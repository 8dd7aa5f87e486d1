/** Stands between a runner and its server, and stops, cuts or freezes a connection at a chosen moment. */
import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import { Splitter, sqlOf, wantsReady, type Message } from './wire.ts';

/** When to stop: before the message goes to the server, or when the server has done it and nobody knows yet. */
type Moment = 'before' | 'answered';

/** A connection that stands still at the chosen moment. */
interface Stopped {
  wire: Wire;
  /** The SQL of the message that it stopped at. */
  sql: string;
  /** Lets everything pass again, what was held back first. */
  go(): void;
}

export interface Proxy extends AsyncDisposable {
  port: number;
  wires: Wire[];
  /** Every SQL text that has reached the proxy, of all connections. */
  sent(): string[];
  /** The connection that asked for the advisory lock. */
  lockWire(): Wire | undefined;
  /** The connection on which a statement with this text was sent. */
  wireOf(sql: string): Wire | undefined;
  /** Arms a stop at the nth message whose SQL matches, or contains the text; it stops one connection, once. */
  stopAt(sql: RegExp | string, moment: Moment, nth?: number): Promise<Stopped>;
}

interface Trap {
  sql: RegExp | string;
  moment: Moment;
  /** How many matching messages it lets pass. */
  passes: number;
  spring: (stopped: Stopped) => void;
}

export async function startProxy(serverPort: number): Promise<Proxy> {
  const traps = new Set<Trap>();
  const wires: Wire[] = [];
  const listener = createServer((client) => wires.push(new Wire(client, connect(serverPort, '127.0.0.1'), traps)));
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const wireOf = (text: string) => wires.find(({ sent }) => sent.some((sql) => sql.includes(text)));
  return {
    port: (listener.address() as AddressInfo).port,
    wires,
    sent: () => wires.flatMap(({ sent }) => sent),
    wireOf,
    lockWire: () => wireOf('pg_try_advisory_lock'),
    stopAt: (sql, moment, nth = 1) => new Promise((spring) => traps.add({ sql, moment, passes: nth - 1, spring })),
    async [Symbol.asyncDispose]() {
      listener.close();
      for (const wire of wires) wire.cut();
    },
  };
}

/** One connection through the proxy. */
export class Wire {
  /** The SQL of every Query and Parse message that the client sent. */
  readonly sent: string[] = [];
  #client: Socket;
  #server: Socket;
  #traps: Set<Trap>;
  /** From the client, and not yet forwarded: only ever more than a moment while this connection stands still. */
  #up: Message[] = [];
  /** From the server, and held back. */
  #down: Buffer[] = [];
  #still = false;
  #frozen = false;
  /** How many ReadyForQuery messages the client has asked for, and how many have come; the first ends the login. */
  #asked = 0;
  #ready = -1;
  /** The one that ends the answer to the message of a trap. */
  #awaited: { ready: number; refused: boolean; trap: Trap; reached: () => void } | undefined;

  constructor(client: Socket, server: Socket, traps: Set<Trap>) {
    this.#client = client;
    this.#server = server;
    this.#traps = traps;
    const [fromClient, fromServer] = [new Splitter('client'), new Splitter('server')];
    client.on('data', (chunk: Buffer) => {
      this.#up.push(...fromClient.push(chunk));
      this.#forward();
    });
    server.on('data', (chunk: Buffer) => {
      for (const message of fromServer.push(chunk)) this.#answer(message);
    });
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => this.cut());
    }
  }

  /** Both ends see the connection closed. */
  cut(): void {
    this.#client.destroy();
    this.#server.destroy();
  }

  /** Nothing passes any more, in neither direction, and nobody is told. */
  freeze(): void {
    this.#frozen = true;
  }

  #forward(): void {
    while (!this.#still && !this.#frozen) {
      const message = this.#up.shift();
      if (!message) return;
      const sql = sqlOf(message);
      const trap = sql === undefined ? undefined : this.#trapFor(sql);
      if (sql !== undefined) this.sent.push(sql);
      if (trap && sql !== undefined) {
        if (trap.moment === 'before') {
          this.#still = true;
          trap.spring({ wire: this, sql, go: () => this.#go(message) });
          return;
        }
        const reached = () => trap.spring({ wire: this, sql, go: () => this.#flush() });
        this.#awaited = { ready: this.#asked + 1, refused: false, trap, reached };
      }
      this.#send(message);
    }
  }

  #send(message: Message): void {
    if (wantsReady(message)) this.#asked++;
    this.#server.write(message.bytes);
  }

  #go(first: Message): void {
    this.#send(first);
    this.#still = false;
    this.#forward();
  }

  #answer({ type, bytes }: Message): void {
    const held = this.#frozen || (this.#awaited !== undefined && this.#ready >= this.#awaited.ready - 1);
    if (held) this.#down.push(bytes);
    else this.#client.write(bytes);
    if (held && type === 'E' && this.#awaited) this.#awaited.refused = true;
    if (type !== 'Z' || ++this.#ready !== this.#awaited?.ready) return;
    const { refused, trap, reached } = this.#awaited;
    if (!refused) return reached();
    // Not this time: the client hears that, and may send it again.
    this.#traps.add(trap);
    this.#flush();
  }

  #flush(): void {
    this.#awaited = undefined;
    for (const bytes of this.#down.splice(0)) this.#client.write(bytes);
  }

  #trapFor(sql: string): Trap | undefined {
    for (const trap of this.#traps) {
      if (typeof trap.sql === 'string' ? !sql.includes(trap.sql) : !trap.sql.test(sql)) continue;
      if (trap.passes-- > 0) continue;
      this.#traps.delete(trap);
      return trap;
    }
    return undefined;
  }
}
