/** docs/against-mikro-orm.md: what the lines of corpus/against-mikro-orm.md come to. */
import { markdownTable } from '../../scripts/markdown.ts';
import { answersOf, plain } from './line.ts';
import type { Page, Themes } from './page.ts';
import { verdicts, type Line } from './verdict.ts';

/** The page, as text; it depends on nothing but the lines and the entries. */
export function summaryOf({ versions, lines }: Page, themes: Themes): string {
  const all = Object.entries(themes).flatMap(([theme, entries]) =>
    Object.entries(entries).flatMap(([name, change]) => {
      const line = lines.get(theme)?.get(name);
      return line ? [{ line, answered: answersOf(change).length > 0 }] : [];
    }),
  );
  const ofGroup = (group: boolean) => all.filter(({ answered }) => answered === group).map(({ line }) => line);
  const groups = { plain: ofGroup(false), answered: ofGroup(true) };
  return [
    '<!-- Written by `npx nx run nx-mikro-orm:docs` from the lines of tools/nx-mikro-orm/corpus/against-mikro-orm.md. Do not edit. -->',
    "# Compared with MikroORM's own `migration:create`",
    `Our corpus has ${all.length} entries; each is a change of models. A run gives every entry to both tools: the same models before and
after, the same statements by hand, the same rows. This page is of a run with ${versions}.
[The list of entries](../tools/nx-mikro-orm/corpus/against-mikro-orm.md) has the outcome of each.`,
    '## What the numbers do not say',
    ...limits,
    '## How it ended',
    verdictTable('', [
      ['no answer is needed', groups.plain],
      ['an answer is needed', groups.answered],
      ['all', all.map(({ line }) => line)],
    ]),
    ...meanings,
    failing(all.map(({ line }) => line)),
    '## What was found first',
    'The first finding in each entry that is not right. An entry is counted once.',
    reasons(groups.plain, groups.answered),
    '',
  ].join('\n\n');
}

const limits = [
  `- The corpus was written to test this engine, so it looks for hard cases. The shares do not say how often an everyday
  change goes wrong: stock writes a new table, a new nullable column or a wider type correctly.
- Ours is the measure. An entry is only compared where ours does what the entry wants.
- Stock writes a migration for a person to edit. What is counted is the migration as it was written.
- **Some changes need an answer** from a person: is this a rename, what do the rows get, how is a value converted? Our \`create\`
  takes it as an option (\`--rename\`, \`--fill\`, \`--map\`, \`--using\`). Stock has no such option; its user edits the migration. So
  those entries are counted apart.`,
];

const meanings = [
  `- **right**: the same catalogue as ours after up; a second \`migration:create\` proposes nothing; the queries of the entry give
  the expected values; down restores what was before; up works again. Where the rows do not allow the change, up fails.
- **loses data**: a value or a row is gone or changed that ours keeps, after up or after down. Values that an answer changes
  do not count, and what the entry drops may be dropped.
- **wrong**: anything else.
- **not compared**: ours refuses the change; or ours was told to keep what the models drop; or stock does not arrive at the same
  models before.`,
  `The catalogue is compared, not the statements and not the order of columns. The last column counts the entries that are right
when stock compares the models with the database instead of its snapshot file.`,
];

/** How many lines of each group have which verdict. */
function verdictTable(title: string, groups: [name: string, lines: Line[]][]): string {
  const head = [title, 'entries', ...verdicts, 'right with `snapshot: false`'];
  const body = groups.map(([name, lines]) => {
    const counts = verdicts.map((verdict) => lines.filter(({ is }) => is === verdict).length);
    const second = lines.filter(({ withoutSnapshot }) => withoutSnapshot === 'right').length;
    return [name, ...[lines.length, ...counts, second].map(String)];
  });
  return markdownTable([head, ...body], [...head.keys()].slice(1));
}

/** The verdicts of each theme, which its heading in the page of entries follows. */
export const themeTable = ({ lines }: Page, themes: Themes): string =>
  verdictTable(
    'theme',
    Object.keys(themes).map((theme) => [
      `[${theme}](#${theme.toLowerCase()})`,
      [...(lines.get(theme)?.values() ?? [])],
    ]),
  );

/** The most frequent first. */
function reasons(unanswered: Line[], answered: Line[]): string {
  const nameOf = ({ is, why = '' }: Line) => `${is}\0${plain(is === 'loses data' ? directionOf(why) : why)}`;
  const count = (lines: Line[], name: string) => lines.filter((line) => nameOf(line) === name).length;
  const bad = [...unanswered, ...answered].filter(({ is }) => is !== 'right');
  const rank = (name: string) => verdicts.findIndex((verdict) => name.startsWith(verdict));
  const names = [...new Set(bad.map((line) => nameOf(line)))].sort(
    (a, b) => rank(a) - rank(b) || count(bad, b) - count(bad, a) || (a < b ? -1 : 1),
  );
  const head = ['verdict', 'what was found', 'no answer is needed', 'an answer is needed'];
  const body = names.map((name) => [
    ...name.split('\0'),
    String(count(unanswered, name)),
    String(count(answered, name)),
  ]);
  return markdownTable([head, ...body], [2, 3]);
}

/** Without the names of columns and tables. */
const directionOf = (why: string): string =>
  why.startsWith('up ') ? 'up loses values or rows' : 'down does not give back rows';

function failing(lines: Line[]): string {
  const failed = lines.filter(({ oursFails }) => oursFails).length;
  return failed === 0
    ? 'Ours does what every entry wants.'
    : `Ours does not do what the entry wants in ${failed} entries; their lines say so.`;
}
