import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Action } from '../cases.ts';
import type { Site } from '../site.ts';

/** One process to start: a program and its words. */
export interface Command {
  program: string;
  args: string[];
  env?: Record<string, string>;
  /** The site's folder, where it says nothing. */
  cwd?: string;
}

/** The shape of every peer: one file here, one line in index.ts. */
export interface Peer {
  /** As the table and `reach` of cases.ts call it. */
  name: string;
  /** What is measured, for the notes under the table. */
  note: string;
  /** The checkout whose packages its files import; this one, where it says nothing. */
  root?: string;
  /** Undefined when it can run, else why not. */
  missing(): string | undefined;
  /** Writes configuration and revisions (in `versions`) into the site's folder. */
  prepare(site: Site): void;
  /** What a user types; undefined when the tool has no such thing. */
  command(site: Site, action: Action): Command | undefined;
}

/** A program on the PATH, or undefined. */
export function onPath(program: string): string | undefined {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter))
    if (folder && existsSync(join(folder, program))) return join(folder, program);
  return undefined;
}
