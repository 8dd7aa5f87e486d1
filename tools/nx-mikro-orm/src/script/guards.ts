/** What a script looks at before it changes anything. */
import { escapeLiteral } from 'pg';
import type { Project } from '../config.ts';
import type { Linked } from '../history/revision.ts';
import { journalTable } from '../ledger/journal.ts';
import { ledgerTable } from '../ledger/ledger.ts';
import { lockKey } from '../postgres/lock.ts';

interface Guarded {
  before: readonly Linked[];
  names: readonly string[];
  database: string | undefined;
}

/** Stops with an error where it is the wrong database, where that is not where the script begins, or where another runner is at work. */
export function guards(project: Project, { before, names, database }: Guarded): string[] {
  const checks = [
    ...(database === undefined ? [] : [ofDatabase(database)]),
    refuse('pg_catalog.pg_is_in_recovery()', "'this is a standby, which cannot be written to. Nothing was run.'"),
    refuse(
      `not pg_catalog.pg_try_advisory_lock(${lockKey(project)})`,
      "'another runner is at work on this database. Nothing was run.'",
    ),
    ...ofState(project, before, names),
  ];
  return [block(['declare found text;', 'begin', ...checks, 'end'])];
}

/** A block of code that stays one text, whatever names are in it. */
const block = (lines: readonly string[]): string => `do ${escapeLiteral(lines.join('\n'))};`;

const refuse = (condition: string, message: string): string =>
  `if ${condition} then raise exception using message = ${message}; end if;`;

const ofDatabase = (name: string): string =>
  refuse(
    `pg_catalog.current_database() <> ${escapeLiteral(name)}`,
    `pg_catalog.format('this is the database %s, and the script is for %s. Nothing was run.', pg_catalog.current_database(), ${escapeLiteral(name)})`,
  );

const listed = (names: readonly string[]): string =>
  `array[${names.map((name) => escapeLiteral(name)).join(', ')}]::pg_catalog.text[]`;

/** The ledger has all of what comes before, none of what comes now, and no run was cut. */
function ofState(project: Project, before: readonly Linked[], names: readonly string[]): string[] {
  const ledger = ledgerTable(project);
  const journal = journalTable(project);
  const from = before.at(-1)?.name ?? 'base';
  const bare = `pg_catalog.regexp_replace("name", '\\.[jt]s$', '')`;
  const hint = `'. The script begins at ${from.replaceAll("'", "''")}: write one from where this database is. Nothing was run.'`;
  const missing = `select pg_catalog.string_agg(wanted, ', ') into found from pg_catalog.unnest(${listed(before.map(({ name }) => name))}) wanted`;
  return [
    `if pg_catalog.to_regclass(${escapeLiteral(ledger)}) is null then`,
    `${missing};`,
    'else',
    `${missing} where wanted not in (select ${bare} from ${ledger});`,
    'end if;',
    refuse('found is not null', `'this database lacks ' || found || ${hint}`),
    `if pg_catalog.to_regclass(${escapeLiteral(ledger)}) is not null then`,
    `select pg_catalog.string_agg("name", ', ') into found from ${ledger} where ${bare} = any (${listed(names)});`,
    refuse('found is not null', `'this database has ' || found || ' already' || ${hint}`),
    'end if;',
    `if pg_catalog.to_regclass(${escapeLiteral(journal)}) is not null then`,
    `select "run"::pg_catalog.text into found from ${journal} where "event" = 'run' and not exists (select from ${journal} later
       where later."id" > ${journal}."id" and later."event" in ('run', 'end', 'stamped', 'forgotten', 'replaced', 'repaired'));`,
    refuse(
      'found is not null',
      "'an earlier run did not end well; `status` says how, and `up` continues it. Nothing was run.'",
    ),
    'end if;',
  ];
}
