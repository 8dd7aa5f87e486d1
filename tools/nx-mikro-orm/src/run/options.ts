/** What becomes of MikroORM's own options here: each is honoured, means nothing here, or is refused by name. */
import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Options } from '@mikro-orm/postgresql';
import { problem } from '../errors.ts';
import { readRevisions } from '../history/read.ts';

/** Where an option would matter. */
export type Asked = 'up' | 'create';

/** What an option is held against. */
export interface OptionContext {
  /** The folder of revisions. */
  revisions: string;
  /** The address that is connected to; undefined for the embedded server, or where it is not known. */
  address?: string | undefined;
}

interface Treated {
  /** As it stands in the MikroORM configuration. */
  option: string;
  /** What becomes of it, as a sentence of docs/adopting.md. */
  here: string;
  /** By which of our commands it is refused, and why; undefined where it says nothing that would be lost. */
  refused?: { by: Asked; when: (options: Options, around: OptionContext) => string | undefined };
}

const migrationsOf = ({ migrations = {} }: Options) => migrations;

const given = (is: boolean, why: string): string | undefined => (is ? why : undefined);

/** Every option of MikroORM's that says something of migrations or of the way to the database. */
export const treatedOptions: readonly Treated[] = [
  { option: 'migrations.tableName', here: 'has to name the same table as `table`' },
  { option: 'schema', here: 'has to name the schema of `table`, where it is the home of the ledger' },
  { option: 'migrations.path, migrations.pathTs', here: 'one of them has to be the folder `revisions`' },
  {
    option: 'migrations.glob',
    here: 'honoured where it finds what we find: every file of the folder with a class that extends `Migration`; else refused',
    refused: { by: 'up', when: otherFiles },
  },
  {
    option: 'migrations.migrationsList',
    here: 'refused: a revision is a file',
    refused: {
      by: 'up',
      when: (options) =>
        given(
          (migrationsOf(options).migrationsList ?? []).length > 0,
          'a revision is a file of its folder: put each of these classes into one',
        ),
    },
  },
  {
    option: 'migrations.schema, migrations.includeWildcardSchema',
    here: 'refused, but for `public`: a revision names the schemas of what it changes',
    refused: {
      by: 'up',
      when: (options) => {
        const { schema, includeWildcardSchema } = migrationsOf(options) as {
          schema?: string;
          includeWildcardSchema?: boolean;
        };
        return given(
          (schema !== undefined && schema !== 'public') || includeWildcardSchema === true,
          'a revision names the schemas of what it changes, and the ledger is where `table` says',
        );
      },
    },
  },
  {
    option: 'migrations.transactional',
    here: '`false` is refused: a revision and its row in the ledger commit together; one of them that cannot says `isTransactional() { return false; }`',
    refused: {
      by: 'up',
      when: (options) =>
        given(
          migrationsOf(options).transactional === false,
          'a revision and its row in the ledger commit together; in one that cannot, write `override isTransactional() { return false; }`',
        ),
    },
  },
  {
    option: 'migrations.disableForeignKeys',
    here: '`true` is refused: revisions run with foreign keys in force',
    refused: {
      by: 'up',
      when: (options) =>
        given(
          migrationsOf(options).disableForeignKeys === true,
          "revisions run with foreign keys in force; one that cannot says so itself: `set local session_replication_role = 'replica'`",
        ),
    },
  },
  {
    option: 'migrations.allOrNothing',
    here: 'each revision commits by itself, as with `false`; `up --atomic` is one transaction for all',
  },
  {
    option: 'migrations.emit',
    here: '`js` and `cjs` are refused: `create` writes TypeScript, which Node runs as it is. Files of all kinds are run',
    refused: {
      by: 'create',
      when: (options) =>
        given(
          ['js', 'cjs'].includes(migrationsOf(options).emit ?? 'ts'),
          '`create` writes TypeScript, which Node runs as it is',
        ),
    },
  },
  {
    option: 'migrations.fileName',
    here: 'refused where it gives other names than MikroORM’s own, which `create` gives',
    refused: {
      by: 'create',
      when: (options) => {
        const name = migrationsOf(options).fileName?.('20260131120000', 'x');
        return given(
          ![undefined, 'Migration20260131120000_x', 'Migration20260131120000'].includes(name),
          `it would call a file ${name}; \`create\` calls it Migration20260131120000_x`,
        );
      },
    },
  },
  {
    option: 'migrations.generator',
    here: 'one of your own is refused: `create` writes what it has proven; `afterWrite` names commands that run on a new file',
    refused: {
      by: 'create',
      when: (options) => {
        const { name = 'TSMigrationGenerator' } = migrationsOf(options).generator ?? {};
        return given(
          !/^[TJ]SMigrationGenerator$/.test(name),
          'what `create` writes was proven; for a file in another form, name a command in `afterWrite`',
        );
      },
    },
  },
  {
    option: 'migrations.safe, migrations.dropTables',
    here: 'nothing is dropped unasked; the answers are `--drop` and `--keep`',
  },
  {
    option: 'migrations.snapshot, migrations.snapshotName, migrations.snapshotOnMigrate',
    here: 'no snapshot is read or written: the revisions are the only source of the history',
  },
  { option: 'migrations.silent', here: 'no matter: `--json` is for programs' },
  { option: 'schemaGenerator.skipTables', here: 'honoured by MikroORM’s own commands; here it is `ignore`' },
  {
    option: 'driverOptions.ssl',
    here: 'refused where the address says nothing of TLS: put `?sslmode=verify-full` (and `sslrootcert=…`) into the address',
    refused: {
      by: 'up',
      when: ({ driverOptions = {} }, { address }) => {
        const { ssl, connection } = driverOptions as { ssl?: unknown; connection?: { ssl?: unknown } };
        return given(
          Boolean(ssl ?? connection?.ssl) && address !== undefined && !/[?&]ssl(mode)?=/.test(address),
          'only the address says how to connect: put `?sslmode=verify-full` (and `sslrootcert=…`) into it, or take it from `databaseUrl()`',
        );
      },
    },
  },
  {
    option: 'password as a function; host, port, user, dbName, socket paths',
    here: 'commands connect as `database` or `DATABASE_URL` says; `database` is a function, which may ask for a password, and a folder is a host: `postgres://user@/shop?host=/run/postgresql`',
  },
  {
    option: 'contextName, a list of configurations',
    here: 'one migrations.config.ts for each: `orm` gives one of them, `--config` names the file',
  },
];

/** Files that MikroORM's pattern finds and we do not run, or the other way. */
function otherFiles(options: Options, { revisions }: OptionContext): string | undefined {
  const { glob } = migrationsOf(options);
  if (glob === undefined) return undefined;
  const theirs = new Set(globSync(glob, { cwd: revisions }).filter((file) => !/\.d\.[mc]?ts$/.test(file)));
  const ours = new Set(readRevisions(revisions).map(({ path }) => basename(path)));
  const only = [...theirs.symmetricDifference(ours)].sort();
  return given(
    only.length > 0,
    `it and this engine find different files, of which every one in ${revisions} with a class that extends \`Migration\` is a revision: ${only.map((file) => join(revisions, file)).join(', ')}`,
  );
}

export interface RefusedOption {
  option: string;
  why: string;
}

/** All that is refused, whatever it would matter for. */
export const refusedOptions = (options: Options, around: OptionContext): RefusedOption[] =>
  treatedOptions.flatMap(({ option, refused }) => {
    const why = refused?.when(options, around);
    return why === undefined ? [] : [{ option, why }];
  });

/** @throws option-refused, for the first that would be lost silently */
export function assertOptions(by: Asked, options: Options, around: OptionContext): void {
  for (const { option, refused } of treatedOptions) {
    const why = refused?.by === by ? refused.when(options, around) : undefined;
    if (why !== undefined) throw problem('option-refused', { option, why });
  }
}
