import { readFileSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { contentOf } from '../history/content.ts';
import { booksProblem, connectToRead, findTarget } from '../postgres/connect/connect.ts';
import { readOpen } from '../ledger/journal.ts';
import { readLedger } from '../ledger/ledger.ts';
import { progressIn } from '../ledger/earlier.ts';
import { readHistory } from '../run/standing/standing.ts';
import type { Project } from '../config.ts';
import { isProblem, problem } from '../errors.ts';
import { isDownAsGenerated, isUpAsGenerated } from '../history/digest.ts';
import { linkHistory, onlyHead, type History } from '../history/graph.ts';
import { literalRevision } from '../history/literal.ts';
import type { Linked } from '../history/revision.ts';
import { known } from '../history/state.ts';
import { afterWrite } from './file/after-write.ts';
import { compareWithModels, findingsOf, type Created, type CreateOptions } from './create.ts';
import { messageIn, revisionText } from './file/file.ts';
import { cleanMessage, nextName, slugOf } from './file/name.ts';
import { readRecord, recordOf } from '../diff/questions/decision.ts';
import { answering } from '../diff/questions/open.ts';
import type { Decision } from '../diff/questions/question.ts';
import { draftFolder, dropDraft, isInterrupted, writeDraft } from './file/replaced.ts';
import { assertWritten } from './file/write.ts';

export type AgainOptions = Pick<CreateOptions, 'message' | 'name' | 'decisions' | 'ask' | 'onReplay' | 'onLeftOut'>;

export interface Again extends Created {
  /** The revision whose place it took. */
  replaced: string;
  /** What was found out about the target database. */
  database: string;
}

/**
 * Writes the newest revision anew: what the models need beyond the history before it, with the answers that it recorded.
 * The old file goes when the new one is proven and read back.
 * @throws again-foreign, again-applied, again-needless, two-heads, rebuild-interrupted
 */
export async function createAgain(project: Project, options: AgainOptions): Promise<Again> {
  const { revisions } = project;
  const given = options.message === undefined ? undefined : cleanMessage(options.message);
  if (isInterrupted(revisions)) throw problem('rebuild-interrupted', { folder: draftFolder(revisions) });
  finishRenaming(readHistory(project));
  // Somebody else may write a revision meanwhile: then everything is looked at anew.
  let answered: Decision[] | undefined;
  for (;;) {
    const history = readHistory(project);
    const head = history.byName.get(onlyHead(history) ?? '');
    if (!head) throw problem('again-nothing', {});
    await assertCreated(head);
    const database = await assertUnapplied(project, head);
    const before = linkHistory([...history.byName.values()].filter(({ name }) => name !== head.name));
    const remembered = [...(answered ?? head.decisions.map(readRecord))];
    const missing = await answering(options.ask, remembered, () =>
      compareWithModels(project, before, { ...options, remembered }),
    );
    if (!missing) throw problem('again-needless', { name: head.name, path: head.path, before: head.revises[0] });
    if (missing.isFirst)
      throw problem('again-foreign', {
        ...head,
        why: 'would take two revisions now, as new values of an enum have to be committed first',
      });
    const { statements, proof, required, mentions, decisions, kept: byHand } = missing;
    answered = decisions;
    const message = given ?? messageIn(readFileSync(head.path, 'utf8'), head.name);
    const slug = options.name ?? given;
    const name = nextName(slug === undefined ? head.name.replace(/^Migration\d{14}_?/, '') : slugOf(slug), [
      ...history.byName.keys(),
    ]);
    const revises = head.revises[0];
    const text = revisionText({ name, message, revises, statements, decisions, byHand });
    try {
      writeDraft(revisions, name, text);
      const draft = join(draftFolder(revisions), `${name}.ts`);
      await assertWritten(draft, name, statements);
      if (hashesOf(readHistory(project)) !== hashesOf(history)) continue;
      const path = replaceHead(draft, head.path, name);
      await afterWrite(project, path);
      const findings = await findingsOf(project, path, missing);
      const written = {
        name,
        path,
        text: readFileSync(path, 'utf8'),
        revises,
        statements,
        proof,
        required,
        mentions,
        findings,
      };
      return { ...written, decisions: decisions.map(recordOf), before: undefined, replaced: head.name, database };
    } finally {
      dropDraft(revisions);
    }
  }
}

const hashesOf = ({ byName }: History): string => [...byName.values()].map(({ name, hash }) => name + hash).join();

/**
 * Two steps, each whole: the old file gets the new content, then its new name. Whoever is killed in between leaves a
 * history with one head, in a file whose name is not that of its class: no command runs it, and the next try renames it.
 * `onChange` hears of every change to the disk.
 */
export function replaceHead(draft: string, old: string, name: string, onChange: () => void = () => undefined): string {
  const path = join(dirname(old), `${name}.ts`);
  renameSync(draft, old);
  onChange();
  renameSync(old, path);
  onChange();
  return path;
}

/** Gives a revision of `create` the name of its class, which is all that an interrupted {@link replaceHead} lacks. */
function finishRenaming({ heads, byName }: History): void {
  for (const { name, path, generated } of heads.flatMap((head) => byName.get(head) ?? [])) {
    const literal = literalRevision(readFileSync(path, 'utf8'));
    if (!literal || literal.className === name || byName.has(literal.className)) continue;
    if (/^Migration\d{14}/.test(literal.className) && isUpAsGenerated(generated, literal.up))
      renameSync(path, join(dirname(path), `${literal.className}.ts`));
  }
}

/** Insists that nothing of a revision would be lost that a person wrote. */
async function assertCreated(head: Linked): Promise<void> {
  const { name, path, generated, link, replaces, byHand } = head;
  const refuse = (why: string) => problem('again-foreign', { name, path, why });
  if (generated === undefined || link === undefined || link.length > 1) throw refuse('was not written by `create`');
  const keeps = head.decisions.some((record) => record.startsWith('keep '));
  if (replaces.length > 0 || (byHand.length > 0 && !keeps)) throw refuse('stands for more than `create` compared');
  const { up, down, runsCode } = await contentOf(head);
  const isWhole = isUpAsGenerated(generated, up) && isDownAsGenerated(generated, down);
  if (runsCode.up || runsCode.down || !isWhole) throw refuse('was edited after `create` wrote it');
}

/** Insists that the target database, where it can be reached, has nothing of a revision. Returns what was found. */
async function assertUnapplied(project: Project, { name }: Linked): Promise<string> {
  const target = await findTarget(project);
  try {
    const client = await connectToRead(project, target);
    if (!client) return `${target.shown} does not exist yet`;
    try {
      const [ledger, open] = await Promise.all([readLedger(client, project), readOpen(client, project)]);
      const row = ledger.find((applied) => applied.name === name);
      const half = progressIn(open).some(({ revision }) => revision === name);
      if (row) throw problem('again-applied', { name, database: target.shown, how: known(row), half: false });
      if (half) throw problem('again-applied', { name, database: target.shown, how: 'half of it', half });
      return `${target.shown} does not have it`;
    } catch (error) {
      throw booksProblem(error, target);
    } finally {
      await client.end();
    }
  } catch (error) {
    if (!isProblem(error) || error.exit !== 'unreachable') throw error;
    return `${target.shown} was not looked at: it cannot be reached`;
  }
}
