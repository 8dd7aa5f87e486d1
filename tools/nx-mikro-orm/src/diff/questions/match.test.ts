import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isProblem } from '../../errors.ts';
import { inOrder, matched, nameLikeness } from './ambiguity.ts';
import { match, possible } from './match.ts';
import type { Answer, Decision, Question } from './question.ts';

const rename = (subject: string, value: string, thing = 'table'): Answer => ({
  kind: 'rename',
  subject,
  value,
  thing,
  effect: { sql: [], data: '' },
});
const drop = (subject: string): Answer => ({ kind: 'drop', subject, thing: 'table', effect: { sql: [], data: '' } });
const asks = (...answers: Answer[]): Question => ({ text: '', answers });
const typed = (kind: 'rename' | 'drop', subject: string, value?: string): Decision => ({ kind, subject, value });

describe('names that are given', () => {
  const questions = [asks(rename('a', 'c'), drop('a')), asks(rename('app.b', 'c'), drop('app.b'))];

  it('are not given twice: both answers are named', () => {
    assert.throws(
      () => match(questions, [typed('rename', 'a', 'c'), typed('rename', 'app.b', 'public.c')]),
      (error) =>
        isProblem(error) && error.code === 'bad-option' && /--rename a:c and --rename app.b:c/.test(error.message),
    );
  });

  it('are not offered again', () => {
    const [, second] = possible(questions, [rename('a', 'c')]);
    assert.deepEqual(
      second?.answers.map(({ kind }) => kind),
      ['drop'],
    );
  });

  it('may be the same for columns of different tables', () => {
    const columns = [asks(rename('a.x', 'y', 'column')), asks(rename('b.x', 'y', 'column'))];
    const { open } = match(columns, [typed('rename', 'a.x', 'y'), typed('rename', 'b.x', 'y')]);
    assert.deepEqual(open, []);
  });
});

it('the first answers to all questions work together: what has no name of its own left is dropped', () => {
  const candidates = matched(['orders', 'order_lines'], ['order_line'], nameLikeness);
  const first = [...candidates].map(
    ([gone, { all, areTaken }]) =>
      inOrder(
        all.map((one) => rename(gone, one)),
        [drop(gone)],
        areTaken,
      )[0]?.kind,
  );
  assert.deepEqual(first, ['drop', 'rename']);
});
