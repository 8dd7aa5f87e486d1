import { flagOf } from '../../diff/questions/decision.ts';
import {
  answers,
  type Answer,
  type AnswerKind,
  type Ask,
  type Decision,
  type Question,
} from '../../diff/questions/question.ts';
import { possible } from '../../diff/questions/match.ts';
import { plural, problem, typed } from '../../errors.ts';
import { ownOutput } from '../../foreign.ts';
import { onInterrupt } from '../../interrupt.ts';
import { redact, secrets } from '../../secrets.ts';
import type { Report } from './command.ts';
import { canAsk } from './consent.ts';

/** So many lines of what an answer would do fit under the question. */
const mostLines = 12;

/**
 * How somebody at the terminal is asked; undefined where nobody sits. `command` is what was typed, without how it was
 * called: with the answers as flags behind it, it says the same and asks nothing.
 * @throws asking-stopped, by the last choice, by Ctrl-C and by the end of the input
 */
export function askInTerminal(report: Report, command: string): Ask | undefined {
  if (!canAsk(report)) return undefined;
  return async (questions) => {
    const decided: Decision[] = [];
    const again = () => [command, ...decided.map(flagOf)].join(' ');
    const stopped = (cause?: unknown) => problem('asking-stopped', { command: again() }, cause);
    const stop = new AbortController();
    const left = atEndOfInput(() => stop.abort());
    const forget = onInterrupt(() => {
      // The prompt has hidden the cursor, and gives it back.
      stop.abort();
      return stopped();
    });
    report.line(`${plural(questions.length, 'One question', 'questions')}, before anything is written.`);
    try {
      for (const question of possibleInTurn(questions, decided)) {
        const decision = await askOne(question, stop.signal);
        if (!decision) throw stopped();
        decided.push(decision);
      }
    } catch (error) {
      throw isStop(error) ? stopped(error) : error;
    } finally {
      left();
      forget();
    }
    report.line(`The same without being asked: ${typed(again())}`);
    return decided;
  };
}

/** The prompt would wait for ever at a terminal that is gone, and after Ctrl-D. Returns how to stop listening. */
function atEndOfInput(leave: () => void): () => void {
  const onKey = (_: unknown, key: { ctrl?: boolean; name?: string } | undefined) => {
    if (key?.ctrl && key.name === 'd') leave();
  };
  process.stdin.on('keypress', onKey).once('end', leave);
  return () => void process.stdin.off('keypress', onKey).off('end', leave);
}

/** Each question without the names that the answers before it have taken. */
function* possibleInTurn(questions: readonly Question[], decided: readonly Decision[]): Generator<Question> {
  for (const question of questions) yield* possible([question], decided);
}

/** Undefined for the choice to stop. */
async function askOne({ text, answers: all }: Question, signal: AbortSignal): Promise<Decision | undefined> {
  const [{ default: select }, { default: input }] = await Promise.all([
    import('@inquirer/select'),
    import('@inquirer/input'),
  ]);
  const choice = await select<Answer | undefined>(
    {
      message: shown(text),
      choices: [
        ...all.map((answer) => ({ name: shown(labelOf(answer)), value: answer, description: shown(effectOf(answer)) })),
        { name: 'stop here, write nothing', value: undefined },
      ],
      // Whoever presses Enter too early destroys nothing.
      default: all.find(({ kind }) => kind !== 'drop'),
      loop: false,
    },
    { signal, output: ownOutput() },
  );
  if (!choice) return undefined;
  const { kind, subject, value, thing } = choice;
  if (!choice.input) return { kind, subject, value, thing };
  const example = value === undefined ? '' : `, for example ${value}`;
  const written = await input(
    {
      message: shown(`${answers[kind] ?? 'value'} for ${subject}${example}:`),
      validate: (line) => line.trim() !== '' || shown(`Something has to stand here${example}. Ctrl-C stops.`),
    },
    { signal, output: ownOutput() },
  );
  return { kind, subject, value: written.trim(), thing };
}

const labels: Record<AnswerKind, (value: string, input: boolean, thing: string | undefined) => string> = {
  rename: (value, input) => (input ? 'rename it, to a name that you type' : `rename it to ${value}`),
  drop: (_, __, thing) => (thing === 'enum value' ? 'drop it: no row holds it' : 'drop it, with its data'),
  keep: () => 'keep it, and leave it alone from now on',
  recreate: () => 'make it anew, and copy its rows',
  fill: (value, input) =>
    input
      ? 'existing rows get a value that you type'
      : value === ''
        ? 'the table has no rows'
        : `existing rows get ${value}`,
  map: (value, input) => (input ? 'rows that hold it get a value that you type' : `rows that hold it get ${value}`),
  using: (value, input) => (input ? 'convert it by an expression that you type' : `convert it by ${value}`),
};

const labelOf = ({ kind, value = '', input, thing }: Answer): string => labels[kind](value, input === true, thing);

/** What an answer would do: its statements, and what becomes of rows. */
function effectOf({ effect: { sql, data } }: Answer): string {
  const lines = sql.flatMap((statement) => (statement.startsWith('--') ? statement : `${statement};`).split('\n'));
  const left = lines.length - mostLines;
  return [
    ...lines.slice(0, left > 0 ? mostLines - 1 : mostLines).map((line) => `  ${line}`),
    ...(left > 0 ? [`  … and ${left + 1} more lines`] : []),
    ...(data ? [`  ${data}`] : []),
  ].join('\n');
}

const shown = (text: string): string => redact(text, secrets());

/** How the prompt says that it was left: by Ctrl-C, and by a signal. */
const isStop = (error: unknown): boolean =>
  error instanceof Error && ['ExitPromptError', 'AbortPromptError'].includes(error.name);
