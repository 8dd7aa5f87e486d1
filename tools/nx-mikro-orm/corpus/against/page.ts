/** corpus/against-mikro-orm.md: what stock made of each entry, by theme. A run writes the themes that it ran. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Theme } from '../change.ts';
import { answersOf, lineOf, readLine } from './line.ts';
import { themeTable } from './summary.ts';
import type { Line } from './verdict.ts';

export const pageFile = join(import.meta.dirname, '../against-mikro-orm.md');

/** By theme, then by entry. */
type Lines = ReadonlyMap<string, ReadonlyMap<string, Line>>;

export interface Page {
  /** What the lines were written with: `MikroORM 7.2.1 on PostgreSQL 18`. */
  versions: string;
  lines: Lines;
}

export type Themes = Record<string, Theme>;

const writtenWith = 'Written with';

/** The page, read from its text. */
export function readPage(text: string): Page {
  const lines = new Map<string, Map<string, Line>>();
  let theme = new Map<string, Line>();
  for (const row of text.split('\n')) {
    const title = /^## (.*)$/.exec(row)?.[1];
    if (title !== undefined) lines.set(title, (theme = new Map<string, Line>()));
    const read = readLine(row);
    if (read) theme.set(read.name, read.line);
  }
  return { versions: new RegExp(`^${writtenWith} (.*)\\.$`, 'm').exec(text)?.[1] ?? '', lines };
}

/** The page that is there; an empty one where there is none. */
export const pageNow = (): Page => readPage(existsSync(pageFile) ? readFileSync(pageFile, 'utf8') : '');

/** The page, as text. In the order of the corpus, whatever order the entries ended in; an entry without a line is left out. */
export function pageOf(page: Page, themes: Themes): string {
  const { versions, lines } = page;
  const sections = Object.entries(themes).map(([theme, entries]) =>
    [
      `## ${theme}`,
      Object.entries(entries)
        .flatMap(([name, change]) => {
          const line = lines.get(theme)?.get(name);
          return line ? lineOf(name, line, answersOf(change)) : [];
        })
        .join('\n'),
    ].join('\n\n'),
  );
  return [...head, `${writtenWith} ${versions}.`, themeTable(page, themes), ...sections, ''].join('\n\n');
}

const head = [
  '<!-- Written by `npx nx run nx-mikro-orm:corpus --configuration=against-stock`; one theme: `CORPUS=views` before it. Do not edit. -->',
  "# Every entry of the corpus against MikroORM's own `migration:create`",
  `[The summary](../../../docs/against-mikro-orm.md) counts these lines, and says what right, wrong and loses data mean. The
entries are in [themes/](themes).`,
  `Stock is the \`Migrator\` of \`@mikro-orm/migrations\` with its default options: a snapshot file (\`snapshot\`,
\`snapshotOnMigrate\`), \`dropTables: true\`, \`safe: false\`, \`transactional\` and \`allOrNothing\`. Only \`path\` and
\`silent\` are set. Each entry has a database of its own:`,
  `1. A migration of the models before is created and run. What is made by hand goes into a blank migration
   (\`migration:create --blank\`), so stock's snapshot knows of it. The rows are put in.
2. The ORM is opened anew with the models after, as a command does: \`migration:create\`, up, \`migration:create\` again,
   down, up again.
3. What is not right is run once more with \`snapshot: false\`: stock then compares the models with the database instead of
   its file. The line says so where the outcome is another one.`,
  `“Needs an answer” names the options that our \`create\` was told for this entry. Stock has no such options.`,
];

/** Entries that the page does not list, and lines of entries that are gone. */
export function pageGaps({ lines }: Page, themes: Themes): string[] {
  const listed = [...lines].flatMap(([theme, entries]) => [...entries.keys()].map((name) => `${theme}: ${name}`));
  const wanted = Object.entries(themes).flatMap(([theme, entries]) =>
    Object.keys(entries).map((name) => `${theme}: ${name}`),
  );
  return [
    ...wanted.filter((entry) => !listed.includes(entry)).map((entry) => `not listed: ${entry}`),
    ...listed.filter((entry) => !wanted.includes(entry)).map((entry) => `gone: ${entry}`),
  ];
}
