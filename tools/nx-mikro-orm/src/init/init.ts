/** `init`: what is found, what is written for it, and how that is taken back. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { problem } from '../errors.ts';
import { refusedOptions, type RefusedOption } from '../run/options.ts';
import { configText, migratorLines, withIgnored, withMigrator, withPlugin, withScripts, type Edit } from './edits.ts';
import { findProject, type ProjectFound } from './found.ts';

export interface Setup {
  found: ProjectFound;
  /** Files that are written, or would be. */
  edits: Edit[];
  /** What a person has to write, as it cannot be edited safely. */
  byHand: { file: string; lines: string[] } | undefined;
  /** Options of the MikroORM configuration that have to go. */
  refused: RefusedOption[];
}

/** What setting up a folder takes; no edits where it is set up already. @throws init-nothing */
export async function planSetup(folder: string, { ignore = [] }: { ignore?: string[] } = {}): Promise<Setup> {
  const found = await findProject(folder);
  const { root, workspace, nx, ormConfig } = found;
  const edits: Edit[] = [];
  const edit = (file: string, work: (text: string) => string | undefined): boolean => {
    const before = existsSync(file) ? readFileSync(file, 'utf8') : '';
    const text = work(before);
    if (text !== undefined && text !== before) edits.push({ file, text });
    return text !== undefined;
  };
  edit(join(root, 'migrations.config.ts'), (text) => (text === '' ? configText(found, ignore) : text));
  const isExtended = edit(ormConfig.source, withMigrator);
  if (nx) edit(join(workspace, 'nx.json'), withPlugin);
  else edit(join(root, 'package.json'), withScripts);
  edit(join(workspace, '.gitignore'), withIgnored);
  const project = { revisions: found.revisions };
  return {
    found,
    edits,
    byHand: isExtended ? undefined : { file: ormConfig.source, lines: migratorLines },
    refused: refusedOptions(ormConfig.options, project),
  };
}

/** What was written, so that it can be taken back. */
interface Note {
  file: string;
  /** As it was; null where there was none. */
  before: string | null;
  /** Digest of what was written. */
  after: string;
}

const noteFile = (folder: string): string => join(folder, '.nx-mikro-orm', 'init.json');
const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The file that notes what was there before, for {@link undoSetup}. */
export function notesWith({ found: { root }, edits }: Setup): Edit {
  const notes = edits.map(({ file, text }): Note => ({
    file,
    before: existsSync(file) ? readFileSync(file, 'utf8') : null,
    after: digest(text),
  }));
  const earlier = readNotes(root).filter(({ file }) => !notes.some((note) => note.file === file));
  return { file: noteFile(root), text: JSON.stringify([...earlier, ...notes], null, 2) };
}

/** Writes what was planned, and notes what was there before. Gives what takes just that back. */
export function writeSetup(setup: Setup): () => void {
  if (setup.edits.length === 0) return () => undefined;
  const all = [notesWith(setup), ...setup.edits];
  const before = all.map(({ file }) => ({ file, before: existsSync(file) ? readFileSync(file, 'utf8') : null }));
  for (const { file, text } of all) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return () => {
    putBack(before);
  };
}

function putBack(notes: readonly Pick<Note, 'file' | 'before'>[]): void {
  for (const { file, before } of notes)
    if (before === null) rmSync(file, { force: true });
    else writeFileSync(file, before);
}

const readNotes = (folder: string): Note[] =>
  existsSync(noteFile(folder)) ? (JSON.parse(readFileSync(noteFile(folder), 'utf8')) as Note[]) : [];

/**
 * Takes back what was written: each file as it was before. Nothing is touched where one of them was edited since.
 * @throws init-undone, init-edited
 */
export function undoSetup(folder: string, { dryRun }: { dryRun: boolean }): string[] {
  const notes = readNotes(folder);
  if (notes.length === 0) throw problem('init-undone', { folder });
  const edited = notes.filter(({ file, after }) => existsSync(file) && digest(readFileSync(file, 'utf8')) !== after);
  if (edited.length > 0) throw problem('init-edited', { files: edited.map(({ file }) => file) });
  if (!dryRun) {
    putBack(notes);
    rmSync(noteFile(folder));
  }
  return notes.map(({ file }) => file);
}
