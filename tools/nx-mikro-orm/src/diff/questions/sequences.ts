/** A sequence on its own that is gone: renamed, dropped, or kept. Its counter is data. */
import { firstFew } from '../../text/count.ts';
import type { Item } from '../../catalogue/index.ts';
import { nameOf } from '../../catalogue/kinds/naming.ts';
import { passedSequences } from '../passed-sequences.ts';
import type { Side } from '../side.ts';
import {
  inOrder,
  matched,
  nameLikeness,
  renaming,
  subjectOf,
  type Ambiguity,
  type Candidates,
  type QuestionSource,
  type Sides,
} from './ambiguity.ts';
import type { Answer } from './question.ts';

/** Sequences that are gone. */
export const sequences: QuestionSource = { order: 2, find: askOfSequences };

function askOfSequences({ from, to, isLeftAlone }: Sides): Ambiguity[] {
  const passed = passedSequences(from, to);
  const onlyIn = (one: Side, other: Side) =>
    [...one.catalogue.values()].filter(
      (item) =>
        item.kind === 'sequence' &&
        !('owned by' in item.facts) &&
        !other.catalogue.has(item.key) &&
        !passed.has(item.key),
    );
  const gone = onlyIn(from, to).filter((item) => !isLeftAlone(item));
  const candidates = matched(gone, onlyIn(to, from), (one, other) => nameLikeness(one.name, other.name));
  return gone.map((item) => askOfSequence(item, candidates.get(item)));
}

function askOfSequence(
  item: Item,
  { all: candidates, areTaken }: Candidates<Item> = { all: [], areTaken: false },
): Ambiguity {
  const { key, schema, name } = item;
  const subject = subjectOf(schema, name);
  const came = candidates.map((other) => subjectOf(other.schema, other.name));
  const renamed = renaming(
    'sequence',
    subject,
    candidates.map((other) => ({
      value: subjectOf(other.schema, other.name),
      rename: { kind: 'sequence', schema, name, to: other.name, toSchema: other.schema },
      data: 'It goes on counting where it is.',
    })),
  );
  const others: Answer[] = [
    {
      kind: 'drop',
      subject,
      thing: 'sequence',
      effect: { sql: [`drop sequence ${nameOf(schema, name)}`], data: 'Nobody knows how far it had counted.' },
    },
    {
      kind: 'keep',
      subject,
      thing: 'sequence',
      effect: { sql: [], data: 'It stays as it is, and is left alone from now on.' },
    },
  ];
  return {
    question: {
      text:
        came.length > 0
          ? `Sequence ${subject} is gone, and ${firstFew(came)} came. Was it renamed, or is it dropped with its counter?`
          : `Sequence ${subject} is gone. Is it dropped with its counter, or left alone?`,
      answers: inOrder(renamed.answers, others, areTaken),
    },
    apply: (decision, outcome) => {
      renamed.apply(decision, outcome);
      if (decision.kind === 'keep') outcome.kept.add(key);
    },
  };
}
