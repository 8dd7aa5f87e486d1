/** Makes one change: by hand, and by models that were edited. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { create } from '../../src/author/create.ts';
import { readRecord } from '../../src/diff/questions/decision.ts';
import type { Decision } from '../../src/diff/questions/question.ts';
import type { Project } from '../../src/config.ts';
import { isProblem } from '../../src/errors.ts';
import type { Models } from './models.ts';
import type { Change, Handwork } from './schema.ts';

/** The one place where a decision as text becomes what `create` takes. */
function decisionOf(text: string): Decision {
  const decision = readRecord(text);
  assert.ok(decision, `no decision: ${text}`);
  return decision;
}

/** Writes the revisions of a change, and returns how many there are. */
export async function writeChange(project: Project, models: Models, name: string, change: Change): Promise<number> {
  const byHand = await writeByHand(project, `before: ${name}`, change.before);
  const created = change.edit ? await writeEdited(project, models, name, change) : 0;
  return byHand + created + (await writeByHand(project, `after: ${name}`, change.after));
}

async function writeEdited(
  project: Project,
  models: Models,
  name: string,
  { edit, decisions = [], revisions = 1 }: Change,
): Promise<number> {
  edit?.(models);
  if (decisions.some((decision) => /^(rename|drop|map) /.test(decision))) await assertQuestions(project);
  const created = await create(project, { message: name, decisions: decisions.map(decisionOf) });
  assert.ok(created, 'nothing to create');
  const written = created.before ? [created.before, created] : [created];
  assert.equal(written.length, revisions, 'revisions');
  for (const { statements } of written)
    for (const sql of [...(statements?.up ?? []), ...(statements?.down ?? [])])
      // The rule of a foreign key is none of our doing.
      assert.doesNotMatch(sql.replaceAll(/on (delete|update) cascade/gi, ''), /\bcascade\b/i);
  return written.length;
}

/** Nothing is guessed: without an answer nothing is written. */
async function assertQuestions(project: Project): Promise<void> {
  const refusal = await create(project, { message: 'undecided', decisions: [] }).then(
    (created) => assert.fail(`nobody was asked:\n${created?.text}`),
    (error: unknown) => error,
  );
  if (!isProblem(refusal)) throw refusal;
  assert.equal(refusal.code, 'question-open', refusal.message);
}

export async function assertNothing(project: Project): Promise<void> {
  const again = await create(project, { message: 'again', decisions: [] });
  assert.equal(again?.text, undefined, 'a second create');
}

export async function writeByHand(project: Project, message: string, handwork: Handwork | undefined): Promise<number> {
  if (!handwork) return 0;
  const empty = await create(project, { message, decisions: [], empty: true });
  assert.ok(empty, 'no empty revision was written');
  const place = '// this.addSql(`…`);';
  const adds = (list: string[]) => list.map((sql) => `this.addSql(${JSON.stringify(sql)});`).join('\n');
  const text = readFileSync(empty.path, 'utf8')
    .replace(place, () => adds(handwork.up))
    .replace(place, () => adds(handwork.down));
  writeFileSync(empty.path, text);
  return 1;
}
