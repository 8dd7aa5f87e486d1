import { typed } from './entry.ts';

/** What a failed step is known by, as far as the ways out go. */
export interface FailedStep {
  name: string;
  path: string;
  /** The line of the file that threw, where it was not the server that said something. */
  line?: number | undefined;
  direction: 'up' | 'down';
  sqlstate: string | undefined;
  /** Where in the database it came from: PostgreSQL's context, of functions and triggers. */
  where?: string | undefined;
  /** Together with others in one transaction, because --atomic was typed. */
  atomic?: boolean | undefined;
  /** The scratch server that it was tried on; undefined on the target. */
  scratch?: string | undefined;
}

const again = 'type the same command again';
const fix = ({ path, line }: FailedStep): string => `fix ${path}${line ? `:${line}` : ''}, then ${again}`;

type Ways = (f: FailedStep) => string[];

/** It is there already. */
const exists: Ways = (f) => [
  `if the ledger was emptied or lost, and what it makes is in this database already: ${typed('repair')}, then ${typed(`stamp ${f.name}`)}`,
  `else ${fix(f)}`,
];

/** The server lacks something: disk, memory, connections, a limit of its configuration. */
const lacking: Ways = () => [`give the server what it lacks, then ${again}`];
const broken: Ways = () => [`see the log of the server, then ${again}`];

/** By SQLSTATE or, of two letters, its class (appendix A of PostgreSQL's manual): what leads on where the file is right. */
const ways: Record<string, Ways> = {
  '57014': () => [`somebody, or a time limit of this revision's own, has cancelled the statement: ${again}`],
  '42501': (f) => [
    'connect as a role that may do it, such as the owner of what it changes: set DATABASE_URL',
    `where row level security would hide rows: connect as a role that bypasses it, or, if that is meant, begin ${f.path} with \`set row_security = on\``,
  ],
  '2200H': () => [`give the sequence room (alter sequence … maxvalue …, or a wider type), then ${again}`],
  '42P07': exists,
  '42710': exists,
  '42701': exists,
  '42P06': exists,
  '42723': exists,
  '53': lacking,
  '54': lacking,
  '58': broken,
  XX: broken,
};

/** In one transaction with others only: what one of them did is not usable, or not finished, before it is committed. */
const ofAtomic = new Set(['55P04', '55006']);

/** What may be there on another server: extensions, roles, types, functions, rights. */
const ofServer = new Set(['0A000', '58P01', '42704', '42883', '42501', '22023']);

/** What leads on from a step that failed: the file is only to be fixed where it is at fault. */
export function waysOn(f: FailedStep): string[] {
  if (f.scratch !== undefined) return onScratch(f);
  const { sqlstate = '' } = f;
  if (f.atomic && ofAtomic.has(sqlstate))
    return [`without --atomic, each revision commits by itself: ${typed(f.direction)}`];
  const known = ways[sqlstate] ?? ways[sqlstate.slice(0, 2)];
  if (known) return known(f);
  const culprit = /\bfunction ("(?:[^"]|"")+"|[\w.]+)\(/.exec(f.where ?? '')?.[1];
  if (culprit && culprit !== 'inline_code_block')
    return [
      `look at ${culprit} in the database, which the statement calls or sets off: the error comes from there`,
      `or ${fix(f)}`,
    ];
  return [fix(f)];
}

function onScratch(f: FailedStep): string[] {
  const other =
    'where the scratch server lacks something that yours has (an extension, a role): export SCRATCH_DATABASE_URL=postgres://user:password@host:5432/postgres, a server for scratch databases that has it';
  if (f.sqlstate === '0A000' || f.sqlstate === '58P01') return [other];
  return ofServer.has(f.sqlstate ?? '') ? [fix(f), other] : [fix(f)];
}
