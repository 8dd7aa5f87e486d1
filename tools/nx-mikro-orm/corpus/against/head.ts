/** What the page says before its lists: what was compared, how, and how it ended. */
import { verdicts } from './verdict.ts';
import type { Lines } from './page.ts';

/** Text in which no letter means anything to Markdown. */
export const plain = (text: string): string => text.replaceAll(/[\\`*_<>[\]#|~]/g, '\\$&');

const version = async (name: string): Promise<string> =>
  ((await import(`${name}/package.json`, { with: { type: 'json' } })) as { default: { version: string } }).default
    .version;

const postgres = process.env['POSTGRES_MAJOR'] ?? '18';
const mikroOrm = await version('@mikro-orm/migrations');

export function headOf(lines: Lines, themes: string[]): string {
  return [
    '<!-- Written by `npx nx run nx-mikro-orm:corpus --configuration=against-stock`. Do not edit. -->',
    "# The corpus against MikroORM's own `migration:create`",
    ...about,
    table(lines, themes),
    footnote(lines),
    'What was found first in those that are wrong, and why some are not compared:',
    reasons(lines),
  ].join('\n\n');
}

const about = [
  `Every entry of the corpus (\`tools/nx-mikro-orm/corpus/themes/\`), given to stock MikroORM ${mikroOrm} as well: the same models
before and after, the same statements by hand, the same rows, each on a database of its own on PostgreSQL ${postgres}.`,
  `Stock is the \`Migrator\` of \`@mikro-orm/migrations\` with its default options: a snapshot file, written anew when migrations
run (\`snapshot\`, \`snapshotOnMigrate\`), \`dropTables: true\`, \`safe: false\`, \`transactional\` and \`allOrNothing\`. Only
\`path\` and \`silent\` are set, which say where files go and what is printed. A migration of the models before is created and
run; what is by hand goes into a blank migration (\`migration:create --blank\`), as it goes into an empty revision of ours, and so
stock's snapshot gets to know of it; the rows are put in; then \`migration:create\` with the models after, up,
\`migration:create\` again, down, and up again. The ORM is opened anew for the models after, as a command does.`,
  `What ours made of the entry is the measure: the catalogue after up, without the tables of the migrators, and the rows.
What is not in the catalogue does not count: neither the statements, nor the order of columns.`,
  `- **right**: the same catalogue as ours after up, nothing proposed by a second \`migration:create\`, the queries of the
  entry give what they have to, down gives back what was before, and up works again. Where nothing differs: nothing is
  proposed. Where the rows do not allow the change: up fails.
- **loses data**: a value, or a row, that was there before and is there after ours, is gone or another one; or down does
  not give rows back that ours gives back. Values that an answer of the entry changes (\`--fill\`, \`--map\`, \`--using\`) are
  not looked at: stock cannot be told. What the entry says is to be dropped may be dropped.
- **wrong**: anything else that is not right, with the first thing found; also where up fails for want of a value that ours
  was told (\`--fill\`). Stock's migration can be edited by whoever creates it; this is about
  what it writes by itself.
- **not compared**: ours refuses the change, or its answer is \`--keep\`, which says the opposite of the models, or stock does not
  arrive at what was before.`,
  `What is not right is run once more with \`snapshot: false\`, where stock compares the models with the database in place of its
file. Its line says so where that ends otherwise, and the last column counts those that are right then.`,
];

function table(lines: Lines, themes: string[]): string {
  const row = (title: string, of: string[]) => {
    const all = of.flatMap((theme) => [...(lines.get(theme)?.values() ?? [])]);
    const counts = verdicts.map((verdict) => all.filter(({ is }) => is === verdict).length);
    return `| ${[title, all.length, ...counts, all.filter(({ withoutSnapshot }) => withoutSnapshot === 'right').length].join(' | ')} |`;
  };
  const link = (theme: string) => `[${theme}](#${theme.toLowerCase()})`;
  return [
    `| theme | entries | ${verdicts.join(' | ')} | right with \`snapshot: false\` |`,
    `| --- | --: | ${verdicts.map(() => '--:').join(' | ')} | --: |`,
    ...themes.map((theme) => row(link(theme), [theme])),
    row('all', themes),
  ].join('\n');
}

/** The most frequent first. */
function reasons(lines: Lines): string {
  const all = [...lines.values()].flatMap((entries) => [...entries.values()]);
  return (['wrong', 'not compared'] as const)
    .flatMap((verdict) => {
      const counts = Map.groupBy(
        all.filter(({ is }) => is === verdict),
        ({ why = '' }) => why,
      );
      const sorted = [...counts].sort(([a, { length: n }], [b, { length: m }]) => m - n || (a < b ? -1 : 1));
      return sorted.map(([why, { length }]) => `| ${verdict} | ${plain(why)} | ${length} |`);
    })
    .reduce((text, row) => `${text}\n${row}`, '| verdict | why | entries |\n| --- | --- | --: |');
}

function footnote(lines: Lines): string {
  const failing = [...lines.values()].reduce(
    (sum, entries) => sum + [...entries.values()].filter((line) => line.oursFails).length,
    0,
  );
  return failing === 0
    ? 'Ours does what every entry wants.'
    : `Ours does not do what the entry wants in ${failing}; their lines say so, and where ours made no catalogue they are not compared.`;
}
