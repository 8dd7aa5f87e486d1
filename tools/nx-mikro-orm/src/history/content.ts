import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { problem } from '../errors.ts';
import { literalRevision } from './literal.ts';
import { checksumOf } from './meaning.ts';
import type { Linked } from './revision.ts';
import type { MigrationClass } from '../orm.ts';
import type { Stored } from '../ledger/ledger.ts';

/** What a revision does. */
export interface Content {
  /** The statements, in order; none for a direction that runs code, as they are known only when it has run. */
  up: string[];
  /** Undefined when there is no way back. */
  down: string[] | undefined;
  /** Why there is no way back. */
  irreversible?: string | undefined;
  /** False when it asks to run outside of a transaction. */
  transactional: boolean;
  /** Which direction is more than a list of texts. */
  runsCode: { up: boolean; down: boolean };
  /** Its source without comments and layout, when it runs code. */
  code: string | undefined;
  /** Of all the above; what does not change the meaning does not change it. */
  checksum: string;
  /** The class, when it had to be imported; a revision of nothing but texts never is. */
  Class: MigrationClass | undefined;
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
  const text = bytes.toString('utf8');
  const literal = literalRevision(text);
  if (literal && (literal.className === revision.name || !/^[A-Za-z_$][\w$]*$/.test(revision.name)))
    return withChecksum({
      up: literal.up.filter(isStatement),
      down: literal.down?.filter(isStatement),
      irreversible: literal.irreversible,
      transactional: literal.transactional,
      runsCode: { up: false, down: false },
      code: undefined,
      Class: undefined,
    });
  const [{ loadRevision }, { collectContent }] = await Promise.all([import('./load.ts'), import('./statements.ts')]);
  const Class = await loadRevision(revision);
  const content = await collectContent(Class);
  const { up, down } = content.runsCode;
  const code = up || down ? (await import('./code.ts')).normalCode(text) : undefined;
  return withChecksum({ ...content, code, Class });
}

/** An empty text is sent to nobody. */
export const isStatement = (sql: string): boolean => sql.trim() !== '';

const withChecksum = (content: Omit<Content, 'checksum'>): Content => ({ ...content, checksum: checksumOf(content) });

/** The content of an applied revision as the ledger keeps it: for one whose file is gone. */
export function storedContent({ up = [], down, code, transactional }: Stored): Content {
  // Of a direction that runs code, no statements are known: an empty list of them would revert nothing.
  const isCode = code !== undefined && down?.length === 0;
  const why = isCode
    ? 'its way back runs code, which only its file can do'
    : 'the ledger has no statements for its way back';
  return withChecksum({
    up,
    down: isCode ? undefined : down,
    irreversible: isCode || !down ? why : undefined,
    transactional,
    runsCode: { up: false, down: false },
    code,
    Class: undefined,
  });
}
