import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';

const root = resolve(import.meta.dirname, '..');

/** The npm name of each workspace package, read once. */
const names = new Map();
const nameOf = (folder) => {
  if (!names.has(folder)) names.set(folder, JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')).name);
  return names.get(folder);
};

/** The folder of the workspace package that `specifier` names. */
const folderOf = (packages, specifier) => Object.keys(packages).find((folder) => isPackage(specifier, nameOf(folder)));

const isPackage = (specifier, name) => specifier === name || specifier.startsWith(`${name}/`);
const lies = (file, folder) => file === folder || file.startsWith(`${folder}/`);
const isTest = (file) => /\.test\.ts$|\/(test|faults|corpus|fixtures)\//.test(file);

/** The room of a file inside a layered package: the longest name of a file (without `.ts`) or folder that holds it. */
function roomOf(layers, file) {
  const bare = file.replace(/\.[jt]s$/, '');
  const found = layers.flat().filter((room) => lies(bare, room) || lies(file, room));
  return found.sort((a, b) => b.length - a.length)[0];
}

/** Says why `file` may not import `specifier`, or nothing. `names`: the imported names; empty for a type import. */
function refusal({ packages, layers, imports }, file, { specifier, types, names }) {
  const ours = specifier.startsWith('.')
    ? relative(root, resolve(root, dirname(file), specifier))
        .split(sep)
        .join('/')
    : folderOf(packages, specifier);
  const home = Object.keys(packages).find((folder) => lies(file, folder));

  for (const row of imports.filter((row) => lies(file, row.files) && !isTest(file))) {
    const banned = row.never?.find((name) => isPackage(specifier, name));
    const allowed = row.except?.[specifier] ?? [];
    if (banned && !types && !(names.length > 0 && names.every((name) => allowed.includes(name))))
      return `${row.files} does not import ${banned}, except for types: ${row.because}`;
  }
  if (!ours || !home) return undefined;

  const there = Object.keys(packages).find((folder) => lies(ours, folder));
  if (there !== home) {
    if (there && packages[home].includes(there)) return undefined;
    // Tests of every package stand on the engine's test bed.
    if (isTest(file) && there === 'tools/nx-mikro-orm') return undefined;
    return `${home} imports of this workspace only: ${packages[home].join(', ') || 'nothing'}`;
  }
  const inside = layers[home];
  if (!inside || isTest(file)) return undefined;
  const [from, to] = [file, ours].map((path) => roomOf(inside, relative(home, path)));
  if (!from) return `${file} stands in no row of the table of layers in eslint.config.js: give it one`;
  if (from === to) return undefined;
  const [high, low] = [from, to].map((room) => inside.findIndex((row) => row.includes(room)));
  return low !== -1 && low < high
    ? undefined
    : `${from} may not import ${to ?? ours}: see the layers in eslint.config.js`;
}

/** The names of the values that an import or re-export brings in: `default`, and `*` for all of them. */
const namesIn = (node) =>
  node.specifiers
    ?.filter((each) => each.importKind !== 'type' && each.exportKind !== 'type')
    .map((each) => {
      if (each.type === 'ExportSpecifier') return each.local.name;
      return each.imported?.name ?? (each.type === 'ImportDefaultSpecifier' ? 'default' : '*');
    }) ?? ['*'];

const onlyTypes = (node) =>
  node.importKind === 'type' ||
  node.exportKind === 'type' ||
  (node.specifiers?.length > 0 && node.specifiers.every((each) => (each.importKind ?? each.exportKind) === 'type'));

/** One rule for all of it: relative paths, workspace packages, npm packages; static, dynamic and type imports. */
export const rule = {
  meta: {
    type: 'problem',
    docs: { description: 'Dependencies point one way' },
    schema: [{ type: 'object' }],
    messages: { refused: '{{ why }}' },
  },
  create(context) {
    const file = relative(root, context.filename).split(sep).join('/');
    if (isAbsolute(file) || file.startsWith('..')) return {};
    const check = (source, types, names) => {
      if (typeof source?.value !== 'string') return;
      const why = refusal(context.options[0], file, { specifier: source.value, types, names });
      if (why) context.report({ node: source, messageId: 'refused', data: { why } });
    };
    const declaration = (node) => check(node.source, onlyTypes(node), namesIn(node));
    return {
      ImportDeclaration: declaration,
      ExportNamedDeclaration: declaration,
      ExportAllDeclaration: declaration,
      ImportExpression: (node) => check(node.source, false, ['*']),
      TSImportType: (node) => check(node.source ?? node.argument?.literal, true, []),
    };
  },
};
