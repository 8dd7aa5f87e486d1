import { exits, type Exit } from '../src/errors.ts';
import { exitMeanings } from '../src/cli/help.ts';
import type { Changes, Command } from '../src/cli/commands/command.ts';
import { markdownTable } from './markdown.ts';

const changing: Record<Changes, string> = {
  nothing: 'reads only: call it whenever you like',
  files: 'writes files of the workspace: look at them in `git diff`',
  database: 'changes the database: a person decides which one',
  destroying: 'may destroy rows: only when a person has asked for it, and said of which database',
};

/** AGENTS.md: what a program that writes code has to know to work with the engine, from the table of commands. */
export const agentsPage = (table: Record<string, Command>): string =>
  [
    '<!-- Written by `npx nx run nx-mikro-orm:docs` from the commands themselves. Do not edit. -->',
    '# For coding agents',
    'nx-mikro-orm moves a PostgreSQL database from one state of MikroORM models to the next. Every command takes `--json`: standard ' +
      'output is then one JSON value and nothing else. Without a terminal nothing is asked; what needs an answer ends with code 2, and ' +
      '`error.next` has the commands to choose from.',
    '## A change of the models',
    [
      '1. Edit the models. Never write a revision for what models can say.',
      '2. `npx nx-mikro-orm check --json`: what the history lacks.',
      '3. `npx nx-mikro-orm create -m "what it is for" --json`: writes the revision, proven on a scratch database. A question ' +
        '(`question-open`) is not yours to guess: show it to the person, and add the flag that is chosen.',
      '4. Read the file, and `npx nx-mikro-orm lint --json`: what it does to a database in use. An error there is a reason to stop.',
      '5. `npx nx-mikro-orm up --dry-run --json`, then, where a person has said on which database, `npx nx-mikro-orm up --json`.',
      '6. `npx nx-mikro-orm check --json` again: exit 0.',
    ].join('\n'),
    '## Never',
    [
      '- Edit, rename or delete a revision that has been applied anywhere; write the next one. `create --again` is for one that has not.',
      '- Change the tables of ledger and journal, or mark something as applied (`stamp`) to make an error go away.',
      '- Add a flag that accepts a loss (`--drop`, `--accept-data-loss`, the name of a protected database) that no person has chosen.',
      '- Put a password on a command line: `DATABASE_URL` comes from the environment or `.env`.',
    ].join('\n'),
    '## Commands',
    markdownTable([
      ['command', 'what it is for', 'what it changes'],
      ...Object.entries(table).map(([name, { summary, changes }]) => [`\`${name}\``, summary, changing[changes]]),
    ]),
    '`npx nx-mikro-orm <command> --help` has every option.',
    '## Exit codes',
    markdownTable([
      ['code', 'meaning'],
      ...(Object.keys(exits) as Exit[]).map((exit) => [String(exits[exit]), exitMeanings[exit]]),
    ]),
    'An error is `{ "error": { "code", "message", "facts", "next" } }`. Do what `next` says only where it is one of the steps above; ' +
      'else show it.',
    '',
  ].join('\n\n');
