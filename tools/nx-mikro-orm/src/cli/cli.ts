import { writeSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import type { Command } from './commands/command.ts';
import { commands, load, loadAll, type CommandName } from './commands/index.ts';
import { exits, firstLine, problem } from '../errors.ts';
import { containForeign, ownOutput, suspect } from '../foreign.ts';
import { watchInterrupt } from '../interrupt.ts';
import { parse, splitCommand, type Parsed } from './parse.ts';
import { createReport, type FullReport, type CommandOutcome } from './report/report.ts';

export interface CommandContext {
  /** Where to look for migrations.config.ts; by default the current folder. */
  projectRoot?: string;
  /** Who calls: Nx flattens every failure to exit code 1 and adds lines of its own to standard output. */
  via?: 'nx' | 'direct';
}

/** Nx stops reading when this process ends: on a busy machine it would lose the last lines. Milliseconds. */
export const nxReads = 60;

/** Runs one command line and returns its exit code. Imports the module of that one command and nothing else big. */
export async function main(argv: string[], context: CommandContext = {}): Promise<number> {
  const beforeDashes = argv.slice(0, argv.includes('--') ? argv.indexOf('--') : undefined);
  const json = beforeDashes.includes('--json-lines') ? 'lines' : beforeDashes.includes('--json');
  const debug = beforeDashes.includes('--debug');
  const release = containForeign();
  const report = createReport({ json, stdout: ownOutput(), stderr: process.stderr });
  const { name, rest, flags } = splitCommand(argv);
  const about = { doing: name ?? 'nx-mikro-orm', debug };
  const loud = sayWarnings(report);
  const watch = watchInterrupt(report.warn, async (interruption, became) => {
    // For people, the line above says as much.
    if ('error' in interruption) report.error(strayProblem(interruption.error, became), about);
    else if (became || report.json) report.error(became ?? problem('interrupted', interruption), about);
    await report.flush();
    if (context.via === 'nx') await setTimeout(nxReads);
  });
  const early = () => {
    if (watch.stopping()) return;
    // Nothing is written any more that takes a turn.
    const { message, next } = problem('ended-early', { doing: about.doing, who: suspect() });
    writeSync(process.stderr.fd, `${message}\nNext:\n${next.map((line) => `  ${line}\n`).join('')}`);
    process.exitCode = exits.failed;
  };
  process.on('exit', early);
  try {
    if (name === undefined) return await withoutCommand(flags, report);
    if (name === 'help')
      return await help(
        rest.find((word) => !word.startsWith('-')),
        report,
      );
    const command = await find(name);
    const parsed = parse(name, command, rest);
    if (parsed.options['help']) return await help(name, report);
    if (command.reveals && context.via === 'nx') throw problem('secret-through-nx', { command: name });
    const outcome = await run(command, parsed, report, context);
    if (watch.stopping()) await theEnd;
    report.outcome(outcome, command.reveals);
    return exits[outcome.exit ?? 'ok'];
  } catch (error) {
    if (watch.stopping()) await theEnd;
    return report.error(error, about);
  } finally {
    process.off('exit', early);
    watch.release();
    loud();
    await report.flush();
    release();
  }
}

/** Says what Node and libraries warn of in one line, and once. Returns how to end that. */
function sayWarnings(report: FullReport): () => void {
  const said = new Set<string>();
  const say = ({ name, message }: Error) => {
    // pg's own words are a page, and about its next major version.
    const ofTls = /SSL modes 'prefer', 'require', and 'verify-ca'/.test(message);
    const text = ofTls
      ? "sslmode=prefer, require and verify-ca are taken for verify-full: the server's certificate is looked at."
      : `${name}: ${message.split('\n')[0]}`;
    if (!said.has(text)) report.warn(text);
    said.add(text);
  };
  const others = process.listeners('warning');
  process.removeAllListeners('warning').on('warning', say);
  return () => {
    process.off('warning', say);
    for (const other of others) process.on('warning', other);
  };
}

/** What is said of an error that nobody awaits, and what became of the run. */
const strayProblem = (error: unknown, became: Error | undefined) =>
  problem('stray-error', { who: suspect(), message: firstLine(error), became: became?.message }, error);

/** Who interrupts a command is told once, by what was registered to be undone; that ends the process, too. */
const theEnd = new Promise<never>(() => undefined);

async function run(
  command: Command,
  { args, options }: Parsed,
  report: FullReport,
  context: CommandContext,
): Promise<CommandOutcome> {
  if (report.json && context.via === 'nx')
    report.warn('Nx adds lines of its own to standard output; npx nx-mikro-orm <command> --json prints JSON only.');
  const folder = context.projectRoot ?? process.cwd();
  const call = { report, args, options: options as never };
  if (command.starts) return command.run({ ...call, folder, table: loadAll, project: undefined as never });
  const { loadProject } = await import('../config.ts');
  const config = options['config'] as string | undefined;
  const project = await loadProject({ from: folder, ...(config !== undefined && { config }) });
  return command.run({ ...call, project });
}

async function find(name: string): Promise<Command> {
  if (Object.hasOwn(commands, name)) return load(name as CommandName);
  const { nearest } = await import('../history/nearest.ts');
  throw problem('unknown-command', { command: name, nearest: nearest(name, Object.keys(commands)) });
}

async function help(name: string | undefined, report: FullReport): Promise<number> {
  const { helpForAll, helpForCommand } = await import('./help.ts');
  const text = name === undefined ? await helpForAll() : helpForCommand(name, await find(name));
  report.outcome({ json: { help: text }, lines: [text] });
  return exits.ok;
}

async function withoutCommand(flags: string[], report: FullReport): Promise<number> {
  if (flags.includes('version')) {
    const { version } = (await import('../../package.json', { with: { type: 'json' } })).default;
    report.outcome({ json: { version }, lines: [version] });
    return exits.ok;
  }
  await help(undefined, report);
  return flags.includes('help') || flags.includes('h') ? exits.ok : exits.usage;
}
