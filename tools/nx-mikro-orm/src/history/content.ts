import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { problem } from '../errors.ts';
import { literalRevision } from './literal.ts';
import { checksumOf, isStatement } from './meaning.ts';
import type { Linked, Step } from './revision.ts';
import type { Collected, MigrationClass } from './class.ts';
import { isIdentifier } from '../text/identifier.ts';

/** What a revision does. */
export interface Content extends Collected {
  /** Its source without comments and layout, when it runs code. */
  code: string | undefined;
  /** Of all the above; what does not change the meaning does not change it. */
  checksum: string;
  /** The class, when it had to be imported; a revision of nothing but texts never is. */
  Class: MigrationClass | undefined;
}

/** A step, and what its revision does. */
export interface LoadedStep {
  step: Step;
  content: Content;
}

const contents = new WeakMap<Linked, Promise<Content>>();

/**
 * What a revision does, read from its file; imported only when the text does not say it all.
 * @throws revision-broken, revision-changed-meanwhile
 */
export function contentOf(revision: Linked): Promise<Content> {
  const known = contents.get(revision) ?? read(revision);
  contents.set(revision, known);
  return known;
}

/** Lets go of what was read: a history may hold more text than fits into memory. */
export const forgetContent = (revision: Linked): void => void contents.delete(revision);

async function read(revision: Linked): Promise<Content> {
  const bytes = readFileSync(revision.path);
  if (createHash('sha256').update(bytes).digest('hex') !== revision.hash)
    throw problem('revision-changed-meanwhile', { name: revision.name, path: revision.path });
  if (!isUtf8(bytes)) throw notUtf8(revision, bytes);
  const text = bytes.toString('utf8');
  const literal = literalRevision(text);
  if (literal && (literal.className === revision.name || !isIdentifier(revision.name)))
    return withChecksum({
      up: literal.up.filter(isStatement),
      down: literal.down?.filter(isStatement),
      irreversible: literal.irreversible,
      transactional: literal.transactional,
      runsCode: { up: false, down: false },
      code: undefined,
      Class: undefined,
    });
  const { loadRevision, collectContent } = await import('./class.ts');
  const Class = await loadRevision(revision);
  const content = await collectContent(Class, revision);
  const { up, down } = content.runsCode;
  const code = up || down ? (await import('./code.ts')).normalCode(text) : undefined;
  return withChecksum({ ...content, code, Class });
}

/** What is said of a file in another encoding: read as UTF-8, its letters would be stored as U+FFFD. */
function notUtf8({ name, path }: Linked, bytes: Buffer) {
  const lines = bytes.toString('latin1').split('\n');
  const line = lines.findIndex((text) => !isUtf8(Buffer.from(text, 'latin1'))) + 1;
  const detail = 'it is not UTF-8, as every source file of Node has to be.';
  return problem('revision-broken', { name, place: `${path}:${line}`, detail });
}

/** With the checksum of its meaning. */
export const withChecksum = (content: Omit<Content, 'checksum'>): Content => ({
  ...content,
  checksum: checksumOf(content),
});
