/** A column that is gone from a model: renamed, dropped, or kept; one that came and may not be empty; one of another type. */
import type { Item } from '../../catalogue/index.ts';
import type { Column } from '../change/column.ts';
import { addColumn, alterColumn } from '../change/columns.ts';
import type { Cast } from '../change/casts.ts';
import { nameOf, quoted, typeName } from '../change/names.ts';
import { statementsOf, type Rename } from '../change/rename.ts';
import { byLikeness, subjectOf, type Finding } from './finding.ts';
import type { Answer } from './question.ts';
import type { Side } from '../change/side.ts';
import type { Sides } from './tables.ts';

const subject = ({ schema, table, name }: Column): string => subjectOf(schema, table, name);
const sameTable = (a: Column, b: Column): boolean => a.schema === b.schema && a.table === b.table;
const statements = (ops: { statements: string[] }[]): string[] => ops.flatMap((op) => op.statements);

/** Columns whose table both sides have. */
function columnsThatDiffer({ from, to, isLeftAlone }: Sides) {
  const present = new Set([...from.columns.values()].map(tableKey));
  const wanted = new Set([...to.columns.values()].map(tableKey));
  const item = (column: Column) => from.catalogue.get(column.key) as Item;
  return {
    gone: [...from.columns.values()].filter(
      (column) =>
        !to.columns.has(column.key) && wanted.has(tableKey(column)) && !column.inherited && !isLeftAlone(item(column)),
    ),
    come: [...to.columns.values()].filter(
      (column) => !from.columns.has(column.key) && present.has(tableKey(column)) && !column.inherited,
    ),
  };
}

const tableKey = ({ schema, table }: Column): string => subjectOf(schema, table);

export function askOfColumns(sides: Sides): Finding[] {
  const { gone, come } = columnsThatDiffer(sides);
  const computed = [...sides.from.columns.values()].filter(
    (column) => !column.generated && sides.to.columns.get(column.key)?.generated && !column.inherited,
  );
  const ofGone = gone.map((column) => {
    const near = come.filter((other) => sameTable(column, other));
    const alike = [
      ...near.filter(({ type }) => type === column.type),
      ...near.filter(({ type }) => type !== column.type),
    ];
    const names = byLikeness(alike, ({ name }) => name, column.name);
    return askOfGone(sides, column, names);
  });
  return [...ofGone, ...computed.map(askOfComputed)];
}

/** A column that held values, and is computed from others from now on. */
function askOfComputed(column: Column): Finding {
  const about = subject(column);
  const drop = `alter table ${nameOf(column.schema, column.table)} drop column ${quoted(column.name)}`;
  return {
    question: {
      text: `Column ${about} holds values, and is computed from other columns in the models. Do its own values go?`,
      answers: [
        {
          kind: 'drop',
          subject: about,
          thing: 'column',
          effect: { sql: [drop], data: 'Its values are lost, and computed instead.' },
        },
      ],
    },
    apply: () => undefined,
  };
}

function askOfGone({ from, to }: Sides, column: Column, candidates: readonly Column[]): Finding {
  const about = subject(column);
  const { schema, table, name } = column;
  const renameTo = (to: string): Rename => ({ kind: 'column', schema, table, name, to });
  const computed = column.generated !== undefined;
  const answers: Answer[] = [
    ...candidates.map((other): Answer => ({
      kind: 'rename',
      subject: about,
      thing: 'column',
      value: subjectOf(undefined, other.name),
      effect: {
        sql: statementsOf(renameTo(other.name)),
        data:
          other.type === column.type
            ? 'Its values stay.'
            : `Its values stay, and become ${typeName(other.type)} in place of ${typeName(column.type)}.`,
      },
    })),
    {
      kind: 'drop',
      subject: about,
      thing: 'column',
      effect: {
        sql: [`alter table ${nameOf(schema, table)} drop column ${quoted(name)}`],
        data: 'Its values are lost.',
      },
    },
    {
      kind: 'keep',
      subject: about,
      thing: 'column',
      effect: { sql: [], data: 'It stays as it is, and is left alone from now on.' },
    },
  ];
  const came = candidates.map((other) => subjectOf(undefined, other.name)).join(', ');
  return {
    question: {
      text: came
        ? `Column ${about} is gone from the models, and ${came} came. Was it renamed, or is it dropped with its values?`
        : `Column ${about} is gone from the models. Is it dropped with its values, or left alone?`,
      answers,
      // What is computed can be computed again.
      ...(computed && { optional: true }),
    },
    candidates: candidates.map(({ key }) => key),
    apply: ({ kind, value }, outcome) => {
      const other = candidates.find((one) => subjectOf(undefined, one.name) === value);
      if (kind === 'rename' && other) outcome.renames.push(renameTo(other.name));
      if (kind === 'keep') for (const key of withColumn(from, to, column)) outcome.kept.add(key);
    },
  };
}

/** The column, and the indexes and constraints on it that go with it. */
function withColumn(from: Side, to: Side, { key, schema, table, name }: Column): string[] {
  const mentions = new RegExp(`[("\\s]${name.replace(/[^\w]/g, '\\$&')}[)",\\s]`);
  const on = [...from.catalogue.values()].filter(
    (item) =>
      item.schema === schema &&
      item.table === table &&
      item.kind !== 'column' &&
      !to.catalogue.has(item.key) &&
      mentions.test(item.definition),
  );
  return [key, ...on.map((item) => item.key)];
}

/** What rows get that are there already, in a column that may not be empty. */
export function askOfRequired(sides: Sides, isCandidate: (column: Column) => boolean): Finding[] {
  const { come } = columnsThatDiffer(sides);
  const isRequired = (column: Column) =>
    column.notNull && !column.default && !column.identity && !column.sequence && !column.generated;
  const required = come.filter((column) => isRequired(column) && !isCandidate(column));
  const tightened = [...sides.from.columns.values()].flatMap((column) => {
    const next = sides.to.columns.get(column.key);
    return next?.notNull && !column.notNull && !next.inherited ? [next] : [];
  });
  return [
    ...required.map((column) => askForValue(column, addColumn(column, { fill: exampleOf(column) }))),
    ...tightened.map((column): Finding => {
      const from = sides.from.columns.get(column.key) ?? column;
      const finding = askForValue(column, alterColumn(from, column, { fill: exampleOf(column) }));
      return { ...finding, question: { ...finding.question, optional: true } };
    }),
  ];
}

function askForValue(column: Column, ops: { statements: string[] }[]): Finding {
  const about = subject(column);
  return {
    question: {
      text: `Column ${about} may not be null and has no default. What do rows get that are there already?`,
      answers: [
        {
          kind: 'fill',
          subject: about,
          thing: 'column',
          value: exampleOf(column),
          input: true,
          effect: { sql: statements(ops), data: 'Rows that are there get this value.' },
        },
        {
          kind: 'fill',
          subject: about,
          thing: 'column',
          effect: { sql: [], data: 'The table has no rows: where it has some, `up` fails and changes nothing.' },
        },
      ],
    },
    apply: ({ value }, outcome) => {
      outcome.columns.set(column.key, { ...outcome.columns.get(column.key), fill: value });
    },
  };
}

const examples: [RegExp, string][] = [
  [/\[\]$/, "'{}'"],
  [/^(smallint|integer|bigint|numeric|real|double|money)/, '0'],
  [/^(text|character|name|citext)/, "''"],
  [/^bool/, 'false'],
  [/^timestamp/, 'now()'],
  [/^date/, 'current_date'],
  [/^time/, "'00:00'"],
  [/^uuid/, 'gen_random_uuid()'],
  [/^json/, "'{}'"],
  [/^interval/, "'0'"],
];

const exampleOf = ({ type }: Column): string => examples.find(([form]) => form.test(type))?.[1] ?? "'…'";

/** How values of the old type become values of the new, where that loses something or has to be said. */
export async function askOfTypes(sides: Sides, cast: (from: Column, to: Column) => Promise<Cast>): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const from of sides.from.columns.values()) {
    const to = sides.to.columns.get(from.key);
    if (!to || from.type === to.type || from.inherited || from.generated || to.generated) continue;
    findings.push(askForCast(from, to, await cast(from, to)));
  }
  return findings;
}

function askForCast(from: Column, to: Column, { using, loss, suggestion }: Cast): Finding {
  const about = subject(to);
  const [old, next] = [typeName(from.type), typeName(to.type)];
  const example = suggestion ?? using ?? quoted(to.name);
  const answers: Answer[] = [
    {
      kind: 'using',
      subject: about,
      thing: 'column',
      value: example,
      input: true,
      effect: {
        sql: statements(alterColumn(from, to, { using: example })),
        data: loss ?? 'Every value becomes what the expression gives.',
      },
    },
  ];
  if (using === undefined && loss === undefined && suggestion !== undefined)
    answers.push({
      kind: 'drop',
      subject: about,
      thing: 'column',
      effect: {
        sql: [`alter table ${nameOf(to.schema, to.table)} drop column ${quoted(to.name)}, add column …`],
        data: 'Its values are lost, and it begins anew.',
      },
    });
  return {
    question: {
      text: suggestion
        ? `Column ${about} is ${next} in the models and ${old} in the history, and PostgreSQL has no cast. How does a value become one of the new type?`
        : `Column ${about} is ${next} in the models and ${old} in the history. ${loss ?? ''} How does a value become one of the new type?`,
      answers,
      ...(loss === undefined && suggestion === undefined && { optional: true }),
    },
    apply: ({ kind, value }, outcome) => {
      const answer = kind === 'drop' ? { anew: true } : { using: value };
      outcome.columns.set(to.key, { ...outcome.columns.get(to.key), ...answer });
    },
  };
}
