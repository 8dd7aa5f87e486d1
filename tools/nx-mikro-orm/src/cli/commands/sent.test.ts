/** What `up` and the script of `sql` send is what `plan` said, byte for byte: read in the log of a server that logs everything. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { useMajor } from '../../../test/global.ts';
import { makeFolder } from '../../../test/memory.ts';
import type { Sandbox } from '../../../test/project.ts';
import { randomNumbers } from '../../../test/random.ts';
import { type } from '../../../test/type.ts';
import { until } from '../../../test/until.ts';
import { startServer, stopServer } from '../../postgres/embedded/server.ts';
import type { ReviewedPlan } from '../../review/target.ts';
import { run } from '../../run/run.ts';
import plan from './plan.ts';
import sql from './sql.ts';

const root = makeFolder('nx-mikro-orm-log-');
const logging = {
  ...{ log_statement: 'all', log_destination: 'csvlog', logging_collector: 'on', log_directory: root },
  ...{ log_min_messages: 'log', fsync: 'off', full_page_writes: 'off', log_file_mode: '0644', log_rotation_size: '0' },
};

let withProject: (work: (sandbox: Sandbox) => Promise<void>) => Promise<void>;

/** Every statement that the server was sent so far, as it was sent. */
function logged(): string[] {
  const files = readdirSync(root).filter((name) => name.endsWith('.csv'));
  const text = files.map((name) => readFileSync(join(root, name), 'utf8')).join('');
  const field = /"((?:[^"]|"")*)"/g;
  return [...text.matchAll(field)].flatMap(([, value = '']) => {
    const [, sent] = /^(?:statement|execute [^:]*): ([^]*)$/.exec(value.replaceAll('""', '"')) ?? [];
    return sent === undefined ? [] : [sent];
  });
}

/** Every statement of a history has this behind its first word, and none of the runner's own. */
const isMarked = (text: string): boolean => /^\s*\w+ \/\* sent \d/.test(text);

const isFailing = (text: string): boolean => text.endsWith('1 / 0');

/** What was sent of a history, between its beginning and now. */
async function sentIn(sandbox: Sandbox, work: () => unknown): Promise<string[]> {
  const from = logged().length;
  await work();
  const end = `select 'end of ${String(from)} in ${new URL(sandbox.url).pathname}'`;
  await sandbox.client.query(end);
  await until('the log is written', () => logged().includes(end));
  return logged().slice(from).filter(isMarked);
}

type Kind = (mark: string, table: string) => string;

/** Statements with what might be lost on the way: blanks, quotes, semicolons, several in one text. */
const kinds: Kind[] = [
  (mark, table) => `create ${mark} table ${table} (id integer, note text)`,
  (mark, table) => `  create ${mark} table "${table} Ä;" (id integer)  ;\n`,
  (mark, table) => `create ${mark} table ${table} (id integer);\n\ninsert ${mark} into ${table} values (1), (2);`,
  (mark) => `do ${mark} $x$ begin perform 'a; b'; end $x$`,
  (mark, table) => `create ${mark} table ${table} (note text default E'it''s\\n \\\\ ;'); -- the end\n`,
  (mark, table) => `create ${mark} table ${table} as select '\t"€" $1 :name'::text as c`,
  (mark) => `set ${mark} local lock_timeout = '3s'`,
  (mark, table) => `create ${mark} function ${table}() returns text language sql as $$ select ';' $$`,
];

interface Made {
  hasCode: boolean;
  fails: boolean;
}

const calls = (statements: readonly string[]): string =>
  statements.map((one) => `this.addSql(${JSON.stringify(one)});`).join(' ');

function writeHistory(sandbox: Sandbox, number: number): Made {
  const below = randomNumbers(number + 1);
  let [count, last]: [number, string | undefined] = [0, undefined];
  const mark = () => `/* sent ${number}.${(count += 1)} */`;
  const text = () => kinds[below(kinds.length)]!(mark(), `t${number}_${count}`);
  const head = (name: string) =>
    `import { Migration } from '@mikro-orm/migrations';\nexport class ${name} extends Migration {\n` +
    (last === undefined ? '' : `static readonly revises = '${last}';\n`);
  const steps = 2 + below(3);
  for (let at = 0; at < steps; at += 1) {
    const name = `Migration2026010100${String(at).padStart(4, '0')}_s${at}`;
    const up = Array.from({ length: 1 + below(3) }, text);
    if (number % 3 === 1 && at === 1) {
      const alone = [
        `create ${mark()} table alone${at} (id integer)`,
        `create ${mark()} index concurrently on alone${at} (id)`,
      ];
      const body = `override isTransactional() { return false; }\noverride up() { ${calls(alone)} }\noverride down() {}`;
      last = sandbox.write(`s${at}`, { text: `${head(name)}${body}\n}` });
    } else if (number % 3 === 2 && at === 1) {
      const code = `override async up() { await this.execute("select 1 as code"); ${calls(up)} }\noverride down() {}`;
      last = sandbox.write(`s${at}`, { text: `${head(name)}${code}\n}` });
    } else last = sandbox.write(`s${at}`, { up, down: ['select 1'] });
  }
  const fails = number % 5 === 4;
  if (fails)
    sandbox.write(`s${steps}`, {
      up: [text(), `select ${mark()} 1 / 0`, `select ${mark()} 'never'`],
      down: ['select 1'],
    });
  return { hasCode: number % 3 === 2, fails };
}

const planned = async ({ project }: Sandbox): Promise<ReviewedPlan> =>
  (await type(project, plan, ['--json'])).json as ReviewedPlan;

describe('what is sent', () => {
  before(async () => {
    chmodSync(root, 0o777);
    useMajor(root);
    const server = await startServer({ root, settings: logging });
    // It is read where the file of it is loaded.
    process.env['TEST_DATABASE_URL'] = server.url('postgres');
    ({ withProject } = await import('../../../test/project.ts'));
  });
  after(async () => {
    await stopServer(root);
    rmSync(root, { recursive: true, force: true });
  });

  for (let number = 0; number < 30; number += 1)
    it(`by up is what plan said: history ${number}`, () =>
      withProject(async (sandbox) => {
        const { fails, hasCode } = writeHistory(sandbox, number);
        const { steps } = await planned(sandbox);
        const sent = await sentIn(sandbox, () => run(sandbox.project, { direction: 'up' }).catch(() => undefined));
        const code = new Set(steps.filter(({ runsCode }) => runsCode).map(({ name }) => name));
        assert.equal(code.size, hasCode ? 1 : 0);
        const said = steps.flatMap(({ statements }) => statements);
        const known = sent.filter((one) => said.includes(one));
        // What was on its way when a statement failed is refused, and logged all the same.
        const least = fails ? said.findIndex(isFailing) + 1 : said.length;
        assert.deepEqual(known, said.slice(0, Math.max(least, known.length)));
        assert.equal(sent.length > known.length, hasCode, 'only code sends what the plan cannot show');
      }));

  const skip = spawnSync('psql', ['--version']).status === 0 ? false : 'psql is not installed';
  for (let number = 0; number < 30; number += 3)
    it(`by the script of sql is what plan said: history ${number}`, { skip }, () =>
      withProject(async (sandbox) => {
        const { fails } = writeHistory(sandbox, number);
        const said = (await planned(sandbox)).steps.flatMap(({ statements }) => statements);
        const { script } = (await type(sandbox.project, sql, ['--json'])).json as { script: string };
        const sent = await sentIn(sandbox, () => {
          const { status } = spawnSync('psql', ['-X', '-q', sandbox.url], { input: script, encoding: 'utf8' });
          assert.equal(status, fails ? 3 : 0);
        });
        const expected = fails ? said.slice(0, said.findIndex(isFailing) + 1) : said;
        assert.deepEqual(sent.map(bare), expected.flatMap(parts).map(bare));
      }),
    );
});

/** A script sends the statements of one text one by one. */
const parts = (text: string): string[] => text.split(/(?<=\);)\s+(?=insert)/);

/** psql keeps for itself what ends a statement, and what stands around it. */
const bare = (text: string): string => text.replace(/;\s*(--.*)?\s*$/, '').trim();
