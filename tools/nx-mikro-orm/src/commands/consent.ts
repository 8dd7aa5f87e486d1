import { createInterface } from 'node:readline';
import type { Report } from './command.ts';

/** Whether somebody sits at this terminal who can be asked. */
export const canAsk = (report: Report): boolean =>
  !report.json && report.columns !== undefined && process.stdin.isTTY && !process.env['CI'];

/** Asks on the terminal; anything but y or yes, and the end of the input, means no. */
export function ask(report: Report, question: string): Promise<boolean> {
  report.line(`${question} [y/N]`);
  const lines = createInterface({ input: process.stdin, terminal: false });
  return new Promise((answered) => {
    lines.once('line', (text) => {
      answered(/^\s*y(es)?\s*$/i.test(text));
      lines.close();
    });
    lines.once('close', () => answered(false));
  });
}
