import { linkSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generatedDigest } from '../../history/digest.ts';
import { everything } from '../../history/origin.ts';
import type { Statements } from '../../diff/moves.ts';
import { recordOf, sentenceOf } from '../../diff/questions/decision.ts';
import type { Decision } from '../../diff/questions/question.ts';
import { listAt, tokensOf } from '../../sql/tokens.ts';

export interface NewRevision {
  name: string;
  message: string | undefined;
  /** The head that it follows; undefined for the first. */
  revises: string | undefined;
  /** Undefined for a skeleton that a person fills in. */
  statements: Statements | undefined;
  /** The revisions whose place it takes, in their order. */
  replaces?: readonly string[];
  /**
   * Keys of what the models do not describe, so that `create` leaves it alone. With it, the rest is the models'; a revision
   * with statements and without it is all the models', unless it is `undescribed`.
   */
  byHand?: readonly string[];
  /** What a person decided, for readers and for the next time. */
  decisions?: readonly Decision[];
  /** No model describes anything of it. */
  undescribed?: boolean;
}

/** The text of a revision: plain MikroORM, readable without us. */
export function revisionText(revision: NewRevision): string {
  const { name, message, revises, statements, replaces, byHand, decisions = [], undescribed } = revision;
  const whose = undescribed ? [everything] : (byHand ?? []);
  const link = revises === undefined ? 'null' : `'${revises}'`;
  const fields = [
    replaces && `  static readonly replaces = ${listOf(replaces)};\n`,
    statements && !undescribed && `  static readonly generated = '${generatedDigest(statements)}';\n`,
    decisions?.length && `  static readonly decisions = ${listOf(decisions.map(recordOf))};\n`,
    whose.length > 0 && `  static readonly byHand = ${listOf(whose)};\n`,
  ]
    .filter(Boolean)
    .join('');
  return `import { Migration } from '@mikro-orm/migrations';

${docOf([message ?? name, ...decisions.map(sentenceOf)])}
export class ${name} extends Migration {
  static readonly revises = ${link};
${fields}
  override up(): void {
${bodyOf(statements?.up)}
  }

  override down(): void {
${bodyOf(statements?.down)}
  }
}
`;
}

/** What the revision does, and what somebody decided for it, as a comment. */
function docOf([first = '', ...more]: string[]): string {
  const safe = (text: string) => text.replace(/\*\//g, '* /').replace(/\s+/g, ' ');
  if (more.length === 0) return `/** ${safe(first)} */`;
  return ['/**', ` * ${safe(first)}`, ' *', ...more.map((text) => ` * ${safe(text)}`), ' */'].join('\n');
}

/** The message in a revision's comment; undefined where it has none, as the inverse of {@link revisionText}. */
export function messageIn(text: string, name: string): string | undefined {
  const comment = /\/\*\*((?:[^*]|\*(?!\/))*)\*\/\s*export\s+(?:default\s+)?class\b/.exec(text)?.[1] ?? '';
  const first = comment
    .split('\n')
    .map((line, at) => (at === 0 ? line : line.replace(/^\s*\*/, '')).trim())
    .find((line) => line !== '');
  return first === name ? undefined : first?.replaceAll('* /', '*/');
}

/** An array of texts as Prettier writes it. */
function listOf(texts: readonly string[]): string {
  const quoted = texts.map((text) => {
    const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
    return (
      quote +
      text
        .replace(/[\\\n\r]/g, (char) => ({ '\n': '\\n', '\r': '\\r' })[char] ?? '\\\\')
        .replaceAll(quote, `\\${quote}`) +
      quote
    );
  });
  const line = `[${quoted.join(', ')}]`;
  return line.length <= 80 ? line : `[\n${quoted.map((text) => `    ${text},\n`).join('')}  ]`;
}

/** Where `this.addSql(` stands in a method. */
const indent = '    ';

const bodyOf = (statements: string[] | undefined): string =>
  statements ? statements.map((sql) => callOf(`\`${escaped(sql)}\``)).join('\n') : `${indent}// this.addSql(\`…\`);`;

/** On one line where it fits in 120 columns, as Prettier breaks it where it does not. */
function callOf(literal: string): string {
  const line = `${indent}this.addSql(${literal});`;
  if (line.length <= 120 || literal.includes('\n')) return line;
  return `${indent}this.addSql(\n${indent}  ${literal},\n${indent});`;
}

/** A statement as people read it: without the indentation that it has in the file. */
export const unindented = (sql: string): string => sql.replaceAll(`\n${indent}`, '\n');

/** Inside a template literal a carriage return would be read as a line feed. */
const escaped = (sql: string): string => sql.replace(/[\\`]|\$(?=\{)/g, '\\$&').replace(/\r/g, '\\r');

/**
 * Puts a `create table` on several lines, one column each. Only commas between columns break a line, so that the statement
 * means the same.
 */
export function formatStatement(sql: string): string {
  if (sql.length < 100 || !['create table ', 'create unlogged table '].some((words) => sql.startsWith(words)))
    return sql;
  const tokens = tokensOf(sql);
  const open = tokens.findIndex(({ text }) => text === '(');
  const name = tokens.slice(tokens[1]?.text === 'table' ? 2 : 3, open);
  const list = listAt(tokens, open);
  // The list of something else: `create table a partition of b for values in (1)`.
  if (!list || (name.length > 1 && name[1]?.text !== '.')) return sql;
  const lines = list.parts.map(({ from, end }) => `${indent}  ${sql.slice(from, end).trim()}`);
  return `${sql.slice(0, tokens[open]?.end)}\n${lines.join(',\n')}\n${indent}${sql.slice(tokens[list.close]?.from)}`;
}

/** Writes a new file, whole or not at all, and never over another. False when the name is taken. */
export function writeNew(folder: string, name: string, text: string): boolean {
  mkdirSync(folder, { recursive: true });
  const draft = join(folder, `.${name}.${process.pid}.draft`);
  try {
    writeFileSync(draft, text);
    // A hard link fails when the name exists, which rename does not.
    linkSync(draft, join(folder, `${name}.ts`));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    // On a full disk, what was begun of it is in the way.
    rmSync(draft, { force: true });
  }
}
