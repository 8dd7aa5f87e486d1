import { defineConfig } from 'eslint/config';
import importX from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';
import { revisions } from 'nx-mikro-orm/eslint';
import { rule } from './.ci/boundaries.js';

const drivers = ['pg', 'postgres', 'kysely', '@mikro-orm/core', '@mikro-orm/postgresql', '@mikro-orm/sql'];

/** Who may import whom. Dependencies point one way. */
const boundaries = {
  // A package, and the packages of this workspace that it may import.
  packages: {
    'packages/models': [],
    'packages/migrations': ['packages/models', 'tools/nx-mikro-orm'],
    'packages/api': ['packages/models', 'packages/migrations'],
    'tools/nx-mikro-orm': [],
    'tools/bench': ['packages/models', 'packages/migrations', 'packages/api', 'tools/nx-mikro-orm'],
  },
  // Inside a package, from the bottom: a file or folder may import what stands on a line above its own in this list.
  layers: {
    'tools/nx-mikro-orm': [
      ['package.json', 'src/errors', 'src/secrets', 'src/revision'],
      ['src/config', 'src/interrupt', 'src/sql'],
      ['src/history', 'src/catalogue', 'src/embedded'],
      ['src/orm'],
      ['src/apply'],
      ['src/scratch'],
      ['src/author', 'src/review'],
      ['src/migrator'],
      ['src/index'],
      ['src/report'],
      ['src/commands/command'],
      ['src/parse'],
      ['src/commands'],
      ['src/help'],
      ['src/cli'],
      // What it imports is not looked at, as of all tests; a page lists its entries.
      ['corpus'],
      ['bin.js', 'eslint', 'targets', 'scripts', 'generators'],
      ['bin.ts', 'plugin', 'executor'],
    ],
  },
  // What some folders may or must not import from npm.
  imports: [
    { files: 'tools/nx-mikro-orm/src/history', never: drivers, because: 'the graph is pure.' },
    { files: 'tools/nx-mikro-orm/src/sql', never: drivers, because: 'it looks at text.' },
    {
      files: 'tools/nx-mikro-orm/src/catalogue',
      never: drivers,
      except: { pg: ['escapeIdentifier', 'escapeLiteral'] },
      because: 'it is handed a connection.',
    },
  ],
};

/** Everything else gives an outcome to `report.ts`, or throws. */
const mayPrint = [
  'tools/nx-mikro-orm/src/report.ts',
  // Hands the two streams to report.ts.
  'tools/nx-mikro-orm/src/cli.ts',
  // Asks for a name at the terminal.
  'tools/nx-mikro-orm/src/commands/guard.ts',
  // Says in one line why the service did not start: before that there is no logger.
  'packages/api/src/main.ts',
  'tools/nx-mikro-orm/{scripts,executor}/**',
  'tools/bench/**',
  '.ci/**',
  '**/{test,faults,corpus,fixtures}/**',
  '**/*.test.ts',
];
const prints = 'Only report.ts prints: return an outcome or throw a problem.';

export default defineConfig(
  { ignores: ['**/node_modules/', '**/dist/', '**/.nx/', '**/.nx-mikro-orm/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowArray: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // A Fastify plugin and a step of an interface are async without awaiting anything.
      '@typescript-eslint/require-await': 'off',
      // Objects of functions are ordinary here; there is hardly a `this` to lose.
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    files: ['**/*.{test,faults,corpus}.ts'],
    rules: {
      // What the tests read back, from rows and from JSON, is asserted, not declared.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      // node:test awaits what `test`, `it` and `describe` return.
      '@typescript-eslint/no-floating-promises': 'off',
    },
  },
  { files: ['**/*.js'], extends: [tseslint.configs.recommended] },
  {
    files: ['**/*.{js,ts}'],
    plugins: { 'import-x': importX, tutoria: { rules: { boundaries: rule } } },
    rules: {
      'no-control-regex': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'tutoria/boundaries': ['error', boundaries],
      'import-x/no-duplicates': 'error',
    },
  },
  revisions(['packages/migrations/revisions/**']),
  {
    files: ['**/*.{js,ts}'],
    ignores: mayPrint,
    rules: {
      'no-console': 'error',
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'stdout', message: prints },
        { object: 'process', property: 'stderr', message: prints },
      ],
      'no-restricted-imports': [
        'error',
        ...['process', 'node:process'].map((name) => ({ name, importNames: ['stdout', 'stderr'], message: prints })),
        ...['console', 'node:console'].map((name) => ({ name, message: prints })),
      ],
    },
  },
);
