/** Asks, at the terminal it is started at, the questions that it is handed as JSON, and prints the answers as JSON. */
import { askInTerminal } from '../src/cli/commands/ask.ts';
import { watchInterrupt } from '../src/interrupt.ts';
import type { Question } from '../src/diff/questions/question.ts';
import { createReport } from '../src/cli/report/report.ts';

const report = createReport({ json: process.argv.includes('--json'), stdout: process.stdout, stderr: process.stderr });
const about = { doing: 'create', debug: false };
const watch = watchInterrupt(report.warn, async (_, became) => void (became && report.error(became, about)));
// As the connections of a command do, this keeps the process at work.
const busy = setInterval(() => undefined, 1000);
const ask = askInTerminal(report, 'create -m "It\'s"');
if (!ask) process.stdout.write('NOBODY\n');
else
  try {
    const decisions = await ask(JSON.parse(process.env['QUESTIONS'] ?? '[]') as Question[]);
    process.stdout.write(`DECIDED ${JSON.stringify(decisions)}\n`);
  } catch (error) {
    if (watch.stopping()) await new Promise(() => undefined);
    process.exitCode = report.error(error, about);
  }
clearInterval(busy);
watch.release();
