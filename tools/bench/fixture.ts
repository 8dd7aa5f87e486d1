/** What every tool gets: the same SQL, in the same number of revisions. */

/** One revision, in the words of no tool. */
export interface Change {
  /** `0001_create_lesson_001`: sorts in the order in which it runs. */
  slug: string;
  up: string[];
  down: string[];
}

/** One table of the models; `lengths` are the columns that later revisions added. */
export interface Table {
  name: string;
  added: number;
  /** A column that only the models have: what `create` has to find. */
  wanted: boolean;
}

/** How big a case is: so many tables, and for each so many later revisions that add a column and an index. */
export interface Size {
  tables: number;
  added: number;
}

const numbered = (prefix: string, n: number, digits: number) => `${prefix}_${String(n).padStart(digits, '0')}`;

/** The tables as the models describe them. */
export const tablesOf = ({ tables, added }: Size): Table[] =>
  Array.from({ length: tables }, (_, at) => ({ name: numbered('lesson', at + 1, 3), added, wanted: false }));

/** The revisions: each creates a table of five columns with an index, or adds a column and an index. */
export function changesOf(size: Size): Change[] {
  const changes: Change[] = [];
  const add = (what: string, up: string[], down: string[]) =>
    changes.push({ slug: `${String(changes.length + 1).padStart(4, '0')}_${what}`, up, down });
  for (const { name, added } of tablesOf(size)) {
    add(
      `create_${name}`,
      [
        `create table "${name}" ("id" serial primary key, "title" varchar(100) not null, "notes" text null,` +
          ` "seats" int not null default 0, "created_at" timestamptz not null default now())`,
        `create index "${name}_title_index" on "${name}" ("title")`,
      ],
      [`drop table "${name}"`],
    );
    for (let n = 1; n <= added; n++)
      add(
        `give_${name}_label_${n}`,
        [
          `alter table "${name}" add column "label${n}" varchar(50) null`,
          `create index "${name}_label${n}_index" on "${name}" ("label${n}")`,
        ],
        [`alter table "${name}" drop column "label${n}"`],
      );
  }
  return changes;
}

/** A revision of so many megabytes of SQL: rows for one table, a thousand in a statement. */
export function largeChange(megabytes: number): Change {
  const row = `('${'x'.repeat(90)}', 1)`;
  const statement = `insert into lesson_001 (title, seats) values ${Array.from({ length: 1000 }, () => row).join(', ')}`;
  const count = Math.ceil((megabytes * 1_000_000) / statement.length);
  return {
    slug: '9998_fill_lessons',
    up: Array.from({ length: count }, () => statement),
    down: ['delete from lesson_001'],
  };
}

/** A revision for which the server sends so many megabytes of notices. */
export const noisyChange = (megabytes: number): Change => ({
  slug: '9999_say_much',
  up: [
    `do $$ begin for n in 1..${megabytes * 1000} loop raise notice '%', repeat('x', 1000); end loop; end $$`,
    'create table said (id int)',
  ],
  down: ['drop table said'],
});

/** One file per entity and an index of them, as a workspace of MikroORM has them. */
export function entityFiles(tables: Table[]): Record<string, string> {
  const classOf = ({ name }: Table) => name.replace(/(?:^|_)(.)/g, (_, letter: string) => letter.toUpperCase());
  const files = tables.map((table) => {
    const labels = Array.from({ length: table.added }, (_, at) => `label${at + 1}`);
    const entity = `import { defineEntity, p } from '@mikro-orm/core';

export const ${classOf(table)} = defineEntity({
  name: '${classOf(table)}',
  tableName: '${table.name}',
  properties: {
    id: p.integer().primary(),
    title: p.string().length(100).index('${table.name}_title_index'),
    notes: p.text().nullable(),
    seats: p.integer().default(0),
    createdAt: p.datetime().defaultRaw('now()'),
${labels.map((label) => `    ${label}: p.string().length(50).nullable().index('${table.name}_${label}_index'),\n`).join('')}${
      table.wanted ? `    phone: p.string().length(30).nullable(),\n` : ''
    }  },
});
`;
    return [`${table.name}.ts`, entity] as const;
  });
  const index =
    tables.map((table) => `import { ${classOf(table)} } from './${table.name}.ts';\n`).join('') +
    `\nexport const entities = [${tables.map(classOf).join(', ')}];\n`;
  return { ...Object.fromEntries(files), 'index.ts': index };
}
