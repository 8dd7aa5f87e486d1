/** What `init` writes: texts of files, from the texts that are there. Nothing here reads or writes. */
import { relative, sep } from 'node:path';
import type { ProjectFound } from './found.ts';

/** A file as it will be; undefined where it is right already. */
export interface Edit {
  file: string;
  text: string;
}

/** A path as it stands in an `import` or a setting, from a folder. */
function written(from: string, path: string): string {
  const way = relative(from, path).split(sep).join('/');
  return way.startsWith('.') ? way : `./${way}`;
}

/** migrations.config.ts; `ignore` is what another tool owns. */
export function configText(
  { root, modules, ormConfig, revisions, table }: ProjectFound,
  ignore: readonly string[] = [],
): string {
  const orm = written(root, ormConfig.loaded);
  const names = 'databaseUrl, defineConfig';
  const lines = [
    `revisions: '${written(root, revisions)}',`,
    ...(table === undefined ? [] : [`table: '${table}',`]),
    ...(ignore.length === 0 ? [] : [`ignore: [${ignore.map((pattern) => `'${pattern}'`).join(', ')}],`]),
    '// Where the MikroORM configuration connects, unless DATABASE_URL says otherwise.',
    `database: async () => process.env['DATABASE_URL'] ?? databaseUrl((await import('${orm}')).default),`,
    `orm: () => import('${orm}'),`,
  ];
  const body = `defineConfig({\n${lines.map((line) => `  ${line}\n`).join('')}})`;
  return modules
    ? `import { ${names} } from 'nx-mikro-orm';\n\nexport default ${body};\n`
    : `const { ${names} } = require('nx-mikro-orm');\n\nmodule.exports = ${body};\n`;
}

const stockImport = /import\s*\{([^}]*)\}\s*from\s*(['"])@mikro-orm\/migrations\2/;
const stockRequire = /const\s*\{([^}]*)\}\s*=\s*require\(\s*(['"])@mikro-orm\/migrations\2\s*\)/;

/** Of CommonJS, an `import` would make something that Node does not load. */
const isCommonJs = (text: string): boolean => /\brequire\(|\bmodule\.exports\b/.test(text) && !/^import\s/m.test(text);

/** The MikroORM configuration with this engine's migrator in it; undefined where it cannot be edited safely. */
export function withMigrator(text: string): string | undefined {
  if (text.includes('nx-mikro-orm/migrator')) return text;
  const found = stockImport.exec(text) ?? stockRequire.exec(text);
  if (found && /\bextensions\s*:\s*\[[^\]]*\bMigrator\b/.test(text)) return text.replace(found[0], importOf(found));
  const calls = text.match(/\bdefineConfig\(\s*\{/g) ?? [];
  if (calls.length !== 1 || /\bextensions\s*:/.test(text) || /\bMigrator\b/.test(text)) return undefined;
  const lead = text.replace(/\bdefineConfig\(\s*\{/, (call) => `${call}\n  extensions: [Migrator],`);
  if (!isCommonJs(text)) return `import { Migrator } from 'nx-mikro-orm/migrator';\n${lead}`;
  const [directive = ''] = /^(['"])use strict\1;?\n/.exec(lead) ?? [];
  return `${directive}const { Migrator } = require('nx-mikro-orm/migrator');\n${lead.slice(directive.length)}`;
}

/** The import of stock's migrator, of which other names stay. */
function importOf([whole = '', names = '', quote = "'"]: RegExpExecArray): string {
  const others = names
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'Migrator');
  const from = `${quote}nx-mikro-orm/migrator${quote}`;
  const ours = whole.startsWith('import')
    ? `import { Migrator } from ${from}`
    : `const { Migrator } = require(${from})`;
  return others.length === 0 ? ours : `${whole.replace(`{${names}}`, `{ ${others.join(', ')} }`)};\n${ours}`;
}

/** What to write by hand where {@link withMigrator} gives up. */
export const migratorLines = ["import { Migrator } from 'nx-mikro-orm/migrator';", 'extensions: [Migrator],'];

const scripts = Object.fromEntries(
  ['create', 'up', 'down', 'status', 'check', 'verify'].map((name) => [`db:${name}`, `nx-mikro-orm ${name}`]),
);

/** package.json with a script for each of the everyday commands. What is there stays. */
export const withScripts = (text: string): string =>
  editJson(text, (manifest) => ({
    ...manifest,
    scripts: { ...scripts, ...(manifest['scripts'] as Record<string, string> | undefined) },
  }));

/** nx.json with the plugin, which makes a target of each command. */
export const withPlugin = (text: string): string =>
  editJson(text, (nx) => {
    const plugins = (nx['plugins'] as (string | { plugin: string })[] | undefined) ?? [];
    const isThere = plugins.some((one) => (typeof one === 'string' ? one : one.plugin) === 'nx-mikro-orm/plugin');
    return isThere ? nx : { ...nx, plugins: [...plugins, 'nx-mikro-orm/plugin'] };
  });

type Json = Record<string, unknown>;

/** Changed as a value, and printed as it was indented; the same text where the value is the same. */
function editJson(text: string, edit: (value: Json) => Json): string {
  const before = JSON.parse(text) as Json;
  const after = edit(before);
  if (JSON.stringify(sorted(after)) === JSON.stringify(sorted(before))) return text;
  const indent = /\n([ \t]+)"/.exec(text)?.[1] ?? '  ';
  return JSON.stringify(after, null, indent) + (text.endsWith('\n') ? '\n' : '');
}

/** Whatever the order of scripts. */
const sorted = (value: Json): Json => ({
  ...value,
  scripts: Object.entries((value['scripts'] as Json | undefined) ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1)),
});

const ignored = '.nx-mikro-orm/';

/** .gitignore with the folder of the embedded database and of notes. */
export const withIgnored = (text: string): string =>
  text.split(/\r?\n/).some((line) => /^\/?\.nx-mikro-orm\/?$/.test(line.trim()))
    ? text
    : `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${ignored}\n`;
