import { fitting, isIgnored, isPattern, type Project } from '../../config.ts';
import { problem } from '../../errors.ts';
import { chainTo, onlyHead, type History } from '../../history/graph.ts';
import { nearest } from '../../history/nearest.ts';
import { withScratch } from '../../rehearsal/scratch/database.ts';
import type { OnReplay } from '../../rehearsal/scratch/replay.ts';
import { readTables, type TypedTable } from './tables.ts';
import { helpers, typeLiteral, writtenType, type TypedValue } from './types.ts';
import { withModels } from '../models/models.ts';
import { isIdentifier } from '../../text/identifier.ts';

/**
 * The tables at the history's head that some patterns name, typed as they are then: a revision must not change with the
 * models. @throws bad-option, naming what fits no table
 */
export async function tablesAtHead(
  project: Project,
  history: History,
  patterns: readonly string[],
  { onReplay }: { onReplay?: OnReplay | undefined } = {},
): Promise<TypedTable[]> {
  const chain = chainTo(history, onlyHead(history));
  const all = await withModels(project, () =>
    withScratch(project, chain, { onReplay }, ({ client }) => readTables(client)),
  );
  const others = isIgnored(project);
  const tables = all.filter(({ schema, name }) => !others(schema, name));
  const refuse = (detail: string) => problem('bad-option', { command: 'create', detail: `--data: ${detail}` });
  const chosen = patterns.flatMap((pattern) => {
    if (!isPattern(pattern)) throw refuse(`"${pattern}" is no name of a table, such as teacher, audit.log or audit.*.`);
    const fits = fitting([pattern]);
    const found = tables.filter(({ schema, name }) => fits(schema, name));
    if (found.length === 0) {
      const near = nearest(pattern, tables.map(nameOf)).join(', ');
      const head = onlyHead(history) ?? 'base';
      throw refuse(`there is no table ${pattern} at ${head}.${near ? ` Near it: ${near}.` : ''}`);
    }
    if (!found.some(isSpeakable))
      throw refuse(`the query builder takes ${pattern} for something else than a name; use this.execute().`);
    return found.filter(isSpeakable);
  });
  return [...new Set(chosen)];
}

/** In the query builder, a dot stands between a schema and a table, and ` as ` before another name. */
const speakable = (name: string): boolean => !name.includes('.') && !/ as /i.test(name);
const isSpeakable = ({ schema, name }: TypedTable): boolean => speakable(schema) && speakable(name);

/** A table as the query builder names it. */
const nameOf = ({ schema, name }: TypedTable): string => (schema === 'public' ? name : `${schema}.${name}`);

/** The text of a revision that changes rows, with typed queries in both directions. */
export function dataText(
  revision: { name: string; message: string | undefined; revises: string | undefined },
  tables: readonly TypedTable[],
): string {
  const { name, message, revises } = revision;
  const body = interfaceOf(tables);
  const used = helpers.filter((helper) =>
    body.types.some((type) => type.helper === helper || type.generated === helper),
  );
  return `import { Migration } from '@mikro-orm/migrations';
import { ${['tables', ...used.map((type) => `type ${type}`)].join(', ')} } from 'nx-mikro-orm/revision';

/** ${(message ?? name).replace(/\*\//g, '* /')} */
export class ${name} extends Migration {
  static readonly revises = ${revises === undefined ? 'null' : `'${revises}'`};

  override async up(): Promise<void> {
    const db = tables<Tables>(this);
${exampleFor(tables)}
    void db;
  }

  override async down(): Promise<void> {
    const db = tables<Tables>(this);
    // Or, where there is no way back: irreversible('…'), from nx-mikro-orm/revision.
    void db;
  }
}

/** The tables as this revision finds them, whatever becomes of the models. What it does not need may go. */
${body.text}`;
}

function exampleFor(tables: readonly TypedTable[]): string {
  const [table] = tables;
  if (!table?.key) return "    // await db.updateTable('…').set({ … }).where('…', '=', …).execute();";
  return `    // await db.updateTable(${typeLiteral(nameOf(table))}).set({ … }).where(${typeLiteral(table.key)}, '=', …).execute();`;
}

/** The interface, and the types in it. */
function interfaceOf(tables: readonly TypedTable[]): { text: string; types: TypedValue[] } {
  const types: TypedValue[] = [];
  const lines = tables.flatMap((table) => {
    const columns = table.columns.filter(({ name }) => speakable(name));
    const left = table.columns.filter(({ name }) => !speakable(name));
    types.push(...columns.map(({ type }) => type));
    const members = [
      ...columns.map(({ name, type }) => member(keyOf(name), type)),
      ...left.map(({ name }) => `    // ${JSON.stringify(name)} is no name to the query builder.`),
    ];
    return members.length === 0
      ? [`  ${keyOf(nameOf(table))}: {};`]
      : [`  ${keyOf(nameOf(table))}: {`, ...members, '  };'];
  });
  const text = lines.length === 0 ? 'interface Tables {}\n' : `interface Tables {\n${lines.join('\n')}\n}\n`;
  return { text, types };
}

/** A column on one line where it fits in 120 columns, as Prettier breaks it where it does not. */
function member(key: string, type: TypedValue): string {
  const line = `    ${key}: ${writtenType(type)};`;
  if (line.length <= 120) return line;
  const broken = type.union.map((part) => `\n      | ${part}`).join('');
  return type.generated ? `    ${key}: ${type.generated}<${broken}\n    >;` : `    ${key}:${broken};`;
}

const keyOf = (name: string): string => (isIdentifier(name) ? name : typeLiteral(name));
