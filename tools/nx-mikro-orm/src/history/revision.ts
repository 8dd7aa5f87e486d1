/** One file of the history, as read without running it. */
export interface Revision {
  /** File name without its ending; the identity of a revision, and what the ledger records. */
  name: string;
  /** Absolute path. */
  path: string;
  /** SHA-256 of the file's bytes, hex. */
  hash: string;
  /** The link as written in the file; undefined when the file has none and follows its predecessor by name. */
  link: string[] | undefined;
  /** Line of the link in the file, counted from 1. */
  linkLine: number | undefined;
  /** Digest of the statements that `create` wrote; undefined in a revision written by hand. */
  generated: string | undefined;
  /** Names of the revisions in whose place it stands; none for an ordinary one. */
  replaces: string[];
  /** Keys of the catalogue that it makes and no model describes; of a revision that stands for a whole history. */
  byHand: string[];
  /** What was answered when `create` wrote it, as recorded: `rename teacher.ssn:nickname`. */
  decisions: string[];
}

/** A revision with its place in the history: what it follows is known and exists. */
export interface Linked extends Revision {
  revises: string[];
}

/** A revision and a direction. */
export interface Step {
  revision: Linked;
  direction: 'up' | 'down';
}
