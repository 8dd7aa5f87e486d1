import type { Client } from 'pg';
import type { Project } from '../config.ts';
import { typed, type Problem } from '../errors.ts';
import type { Linked } from '../history/revision.ts';
import type { Applied } from '../history/state.ts';
import type { Bookkeeping } from '../ledger/bookkeeping.ts';
import type { Recorded } from '../ledger/journal.ts';
import type { Standing } from '../run/standing/standing.ts';

/** What can be mended, by the option that asks for it; `reason`: it overrules history, so the journal has to know why. */
export const flags = {
  accept: { reason: true, help: 'An edited revision: what its file says now counts as applied; needs --reason' },
  refresh: { reason: false, help: 'A reformatted revision, or "all": record the bytes of its file' },
  adopt: { reason: false, help: 'A revision of which only the name is recorded, or "all": record what its file says' },
  forget: {
    reason: true,
    help: 'A revision without a file, or without a row: it counts as not applied; needs --reason',
  },
  renamed: { reason: false, help: 'An applied revision whose file was renamed: its row takes the new name' },
  unique: { reason: false, help: 'A revision with several rows: keep the oldest' },
  'took-effect': { reason: true, help: 'A half done revision: its open statement counts as done; needs --reason' },
  'took-no-effect': {
    reason: true,
    help: 'A half done revision: its open statement will be sent again; needs --reason',
  },
  'begin-again': { reason: true, help: 'A half done revision: none of its statements counts as done; needs --reason' },
  reindex: { reason: false, help: 'An INVALID index: build it again beside the traffic' },
} as const;

export type Flag = keyof typeof flags;

/** They record what is there, and judge nothing: so they can be asked for all revisions at once. */
export const wholesale: ReadonlySet<Flag> = new Set<Flag>(['adopt', 'refresh']);

/** Everything that the kinds of inconsistency are looked for in. */
export interface Survey extends Standing {
  client: Client;
  project: Project;
  /** Why the files are no history. Then each is taken to follow the one before it by name. */
  broken: Problem | undefined;
  /** False when not even the files can be told apart: then nothing is known of them. */
  files: boolean;
  /** Applied revisions whose file was changed, and cannot be read. */
  unreadable: { revision: Linked; row: Applied; error: Problem }[];
  /** The rows of the journal that say what is applied. */
  decisions: Recorded[];
}

/** One thing that does not fit. */
export interface Inconsistency {
  kind: string;
  /** A `note` is harmless. */
  weight: 'wrong' | 'note';
  /** The revisions, or the index, that it is about. */
  about: string[];
  /** What was found, in a sentence. */
  found: string;
  /** What makes it so: facts, from where, since when. */
  evidence: string[];
  /** The ways out, with the command to type. Those of the remedies are put behind them. */
  next: string[];
  remedies: Remedy[];
}

export interface Remedy {
  flag: Flag;
  /** When to choose it, as the beginning of a sentence that ends with the command. */
  when: string;
  /** Mends it about these of the finding's names, and says what was done. It writes into the journal. */
  mend: (bookkeeping: Bookkeeping, names: readonly string[], reason: string | undefined) => Promise<string>;
}

/** One kind of inconsistency: in the file of its theme in this folder, and a line in kinds.ts. */
export interface InconsistencyKind {
  kind: string;
  /** What it must be possible to read, to look for it: how the revisions are linked, their files, or the database alone. */
  needs: 'links' | 'files' | 'database';
  /** What its remedies can be asked for by. */
  flags: readonly Flag[];
  find: (seen: Survey) => Promise<Inconsistency[]> | Inconsistency[];
}

/** Everything that leads out of it, as it is typed. */
export const waysOut = ({ next, remedies, about: [first = ''] }: Inconsistency): string[] => [
  ...next,
  ...remedies.map(
    ({ flag, when }) => `${when}: ${typed('repair')} --${flag} ${first}${flags[flag].reason ? ' --reason "…"' : ''}`,
  ),
];
