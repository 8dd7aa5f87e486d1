/** Questions of `create`, put to whoever sits at the terminal. */
import { flagOf } from '../author/questions/decision.ts';
import type { Answer, Decision, Question } from '../author/questions/question.ts';
import type { Ask } from '../author/questions/settle.ts';
import { problem } from '../errors.ts';
import type { Report } from './command.ts';
import { canAsk } from './consent.ts';

/** Undefined where nobody can be asked: then the questions are refused, each with the flags that answer it. */
export const askInTerminal = (report: Report): Ask | undefined =>
  canAsk(report) ? (questions) => askAll(report, questions) : undefined;

async function askAll(report: Report, questions: readonly Question[]): Promise<Decision[]> {
  const decisions: Decision[] = [];
  for (const question of questions) {
    const decision = await askOne(question);
    report.line(`         ${flagOf(decision)}`);
    decisions.push(decision);
  }
  return decisions;
}

const stop = 'stop';

/** The list shows one answer's effect at a time: that of the one which is about to be chosen. */
async function askOne({ text, answers }: Question): Promise<Decision> {
  const [{ default: select }, { default: input }] = await Promise.all([
    import('@inquirer/select'),
    import('@inquirer/input'),
  ]);
  try {
    const chosen = await select<Answer | typeof stop>({
      message: text,
      choices: [
        ...answers.map((answer) => ({ name: labelOf(answer), value: answer, description: effectOf(answer) })),
        { name: 'stop here, write nothing', value: stop },
      ],
      loop: false,
    });
    if (chosen === stop) throw stopped();
    const { kind, subject, value } = chosen;
    if (!chosen.input) return { kind, subject, value };
    const written = await input({
      message: 'SQL expression:',
      default: value ?? '',
      validate: (line) => line.trim() !== '' || 'An expression is needed: it may be a constant.',
    });
    return { kind, subject, value: written.trim() };
  } catch (error) {
    // Ctrl-C belongs to the prompt while it is open.
    if (error instanceof Error && error.name === 'ExitPromptError') throw stopped(error);
    throw error;
  }
}

const stopped = (cause?: unknown) => problem('question-stopped', {}, cause);

const labels: Record<Answer['kind'], (answer: Answer) => string> = {
  rename: ({ value }) => `renamed to ${value}`,
  drop: () => 'drop it',
  keep: () => 'leave it alone',
  fill: ({ value }) => (value === undefined ? 'the table has no rows' : 'give them a value'),
  map: ({ value }) => `they get ${value}`,
  using: () => 'write the expression',
};

const labelOf = (answer: Answer): string => labels[answer.kind](answer);

const effectOf = ({ effect: { sql, data } }: Answer): string =>
  ['', ...sql.map((statement) => `  ${statement};`), `  ${data}`].join('\n');
