/** What the server says of its own work at `client_min_messages = debug1`, in English. */
import type { Client } from 'pg';
import type { NoticeMessage } from 'pg-protocol/dist/messages.js';

/** A notice, as far as it counts here. */
export interface Message {
  severity: string;
  code: string;
  text: string;
}

/** Work that the server announced, with the names that it used: the relation's own, without a schema. */
export interface Announced {
  /** Tables whose rows were written anew. */
  rewritten: string[];
  /** Tables whose rows were checked. */
  verified: string[];
  /** Indexes that were built, with their tables. */
  built: { index: string; table: string }[];
  /** Foreign keys whose rows were looked up. */
  validated: string[];
  /** Columns or tables that a constraint proved, so that nothing was read. */
  proven: string[];
}

/** From tablecmds.c and index.c; the same words from PostgreSQL 12 to 18. */
const patterns: { [Part in keyof Announced]: RegExp } = {
  rewritten: /^rewriting table "(.+)"$/,
  verified: /^verifying table "(.+)"$/,
  built: /^building index "(.+)" on table "(.+)" (?:serially|with request for \d+ parallel workers?)$/,
  validated: /^validating foreign key constraint "(.+)"$/,
  proven: /^existing constraints on .*?"(.+?)" are sufficient to prove/,
};

export function announced(messages: readonly Message[]): Announced {
  const found: Announced = { rewritten: [], verified: [], built: [], validated: [], proven: [] };
  for (const { text } of messages)
    for (const [part, pattern] of Object.entries(patterns) as [keyof Announced, RegExp][]) {
      const [, first, second] = pattern.exec(text) ?? [];
      if (first === undefined) continue;
      if (part === 'built') found.built.push({ index: first, table: second ?? '' });
      else found[part].push(first);
    }
  return found;
}

/** Collects what the server says while `work` runs. */
export async function listening<T>(client: Client, work: () => Promise<T>): Promise<{ value: T; messages: Message[] }> {
  const messages: Message[] = [];
  const hear = ({ severity = '', code = '', message = '' }: NoticeMessage) =>
    messages.push({ severity, code, text: message });
  client.on('notice', hear);
  try {
    return { value: await work(), messages };
  } finally {
    client.off('notice', hear);
  }
}
