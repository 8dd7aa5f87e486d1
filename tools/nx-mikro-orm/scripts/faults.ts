import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** docs/faults.md: every case of the fault suite, by its title. */
export const faultsPage = (folder: string): string =>
  [
    '<!-- Written by `npx nx run nx-mikro-orm:docs` from the titles in tools/nx-mikro-orm/faults. Do not edit. -->',
    '# The fault suite, case by case',
    'What is done to real runners on a real PostgreSQL, and what has to come of it: `npx nx run nx-mikro-orm:faults`. A word in ' +
      '*italics* stands for several values, each of which is a case; [reliability.md](reliability.md) says what follows from them.',
    ...readdirSync(folder)
      .filter((name) => name.endsWith('.faults.ts'))
      .sort()
      .flatMap((name) => [
        `## [${name.replace('.faults.ts', '')}](../tools/nx-mikro-orm/faults/${name})`,
        titlesIn(join(folder, name)).join('\n'),
      ]),
    '',
  ].join('\n\n');

/** A list of the titles, nested as they are. */
function titlesIn(path: string): string[] {
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
  const constants = constantsOf(source);
  const lines: string[] = [];
  const visit = (node: ts.Node, depth: number): void => {
    const title = titleOf(node, constants);
    if (title !== undefined) lines.push(`${'  '.repeat(depth)}- ${title}`);
    node.forEachChild((child) => visit(child, title === undefined ? depth : depth + 1));
  };
  visit(source, 0);
  return lines;
}

type Constants = Map<string, ts.Expression>;

function constantsOf(source: ts.SourceFile): Constants {
  const found: Constants = new Map();
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && node.initializer)
      found.set(node.name.text, node.initializer);
    node.forEachChild(visit);
  };
  visit(source);
  return found;
}

/** What registers cases with a title of its own: node:test, `edited` in history, and what atEveryStatement is told. */
function titleOf(node: ts.Node, constants: Constants): string | undefined {
  if (!ts.isCallExpression(node) || !ts.isIdentifier(node.expression)) return undefined;
  const [first, second, third] = node.arguments;
  switch (node.expression.text) {
    case 'it':
      // Inside of `edited`, the title is its parameter.
      return first && ts.isIdentifier(first) ? undefined : wordsOf(first, constants);
    case 'describe':
    case 'edited':
      return wordsOf(first, constants);
    case 'atEveryStatement': {
      const where = wordsOf(second, constants) === 'bare' ? 'outside of' : 'in';
      const moments = third && ts.isArrayLiteralExpression(third) ? third.elements : [];
      const when = moments.map((moment) => wordsOf(moment, constants)).join(', ');
      return `${wordsOf(first, constants)}; twelve statements ${where} a transaction, at each of them: ${when}`;
    }
    default:
      return undefined;
  }
}

/** The text of an expression; a choice between texts as both of them, what varies otherwise as its name in italics. */
function wordsOf(node: ts.Node | undefined, constants: Constants): string {
  const words = (inner: ts.Node) => wordsOf(inner, constants);
  if (!node) return '';
  if (ts.isStringLiteralLike(node) || ts.isNumericLiteral(node)) return node.text;
  if (ts.isConditionalExpression(node)) return `${words(node.whenTrue)} or ${words(node.whenFalse)}`;
  if (ts.isBinaryExpression(node)) return ` (${words(node.right).replace(/^\W+/, '')})`;
  if (ts.isTemplateExpression(node))
    return (
      node.head.text + node.templateSpans.map(({ expression, literal }) => words(expression) + literal.text).join('')
    );
  if (ts.isObjectLiteralExpression(node)) {
    const title = node.properties.find(({ name }) => name?.getText() === 'title');
    return title && ts.isPropertyAssignment(title) ? words(title.initializer) : '…';
  }
  const [name = ''] = /^\w+/.exec(node.getText()) ?? [];
  const constant = ts.isIdentifier(node) ? constants.get(name) : undefined;
  return constant ? words(constant) : `*${name}*`;
}
