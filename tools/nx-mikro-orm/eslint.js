/** What a revision may import. Entities change, and a revision has to do in a year what it does today. */
const values = ['@mikro-orm/migrations', 'nx-mikro-orm/revision'];
const types = ['kysely'];

const why =
  `A revision imports only ${values.join(', ')} and types of ${types.join(', ')}: ` +
  'entities and helpers change, and history must not change with them.';

const onlyTypes = (node) =>
  node.importKind === 'type' ||
  node.exportKind === 'type' ||
  (node.specifiers?.length > 0 && node.specifiers.every((each) => (each.importKind ?? each.exportKind) === 'type'));

/** Static, dynamic and type imports, and what is exported from elsewhere. */
const rule = {
  meta: {
    type: 'problem',
    docs: { description: 'A revision does not import what may change' },
    schema: [],
    messages: { refused: why },
  },
  create(context) {
    const check = (source, isType) => {
      if (source === null || source === undefined) return;
      if (values.includes(source.value) || (isType && types.includes(source.value))) return;
      context.report({ node: source, messageId: 'refused' });
    };
    const declaration = (node) => check(node.source, onlyTypes(node));
    return {
      ImportDeclaration: declaration,
      ExportNamedDeclaration: declaration,
      ExportAllDeclaration: declaration,
      ImportExpression: (node) => check(node.source, false),
      TSImportType: (node) => check(node.source ?? node.argument?.literal, true),
    };
  },
};

/**
 * A part of an ESLint configuration: `export default [revisions(), …]` in `eslint.config.js`. `files` are patterns of the
 * revisions, from the folder of that configuration.
 */
export const revisions = (files = ['**/revisions/*.{ts,mts,js,mjs}']) => ({
  name: 'nx-mikro-orm/revisions',
  files,
  plugins: { 'nx-mikro-orm': { rules: { 'revision-imports': rule } } },
  rules: { 'nx-mikro-orm/revision-imports': 'error' },
});
