import { defineConfig } from 'eslint/config';
import importX, { createNodeResolver } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';
import { revisions } from 'nx-mikro-orm/eslint';

const engine = 'tools/nx-mikro-orm';

/** A package, and the packages of this workspace that it may import. */
const packages = {
  'packages/models': [],
  'packages/migrations': ['packages/models', engine],
  'packages/api': ['packages/models', 'packages/migrations'],
  [engine]: [],
  'tools/bench': ['packages/models', 'packages/migrations', 'packages/api', engine],
};

/**
 * The rooms of the engine, from the bottom: files, and folders. A room may import what stands on a line above its own. A folder
 * that is named here is a room of its own, also where it lies in another one.
 */
const rooms = [
  ['package.json', 'src/text', 'src/mikro-orm/queries'],
  ['src/errors', 'src/secrets', 'src/foreign', 'src/revision'],
  ['src/typescript', 'src/installed'],
  ['src/config', 'src/interrupt', 'src/sql'],
  ['src/loops', 'src/loops-thread', 'src/database-url'],
  ['src/catalogue/key'],
  ['src/catalogue/item', 'src/catalogue/phase'],
  ['src/catalogue/kinds'],
  ['src/history', 'src/catalogue'],
  ['src/diff'],
  ['src/diff/questions'],
  ['src/mikro-orm'],
  ['src/orm'],
  ['src/postgres/embedded'],
  ['src/postgres/connect'],
  ['src/postgres'],
  ['src/ledger'],
  ['src/run/events', 'src/run/standing'],
  ['src/run/worker'],
  ['src/run/resume/evidence'],
  ['src/run/resume'],
  ['src/run/step'],
  ['src/run/ending'],
  ['src/run'],
  ['src/script'],
  ['src/repair'],
  ['src/rehearsal/scratch', 'src/rehearsal/attempt'],
  ['src/rehearsal/rows', 'src/rehearsal/loss'],
  ['src/rehearsal'],
  ['src/review/trace', 'src/review/stats'],
  ['src/review/finding', 'src/review/seen', 'src/review/transactionless'],
  ['src/review/target', 'src/review/rule', 'src/review/bounds'],
  ['src/review/work'],
  ['src/review/rules', 'src/review/held'],
  ['src/review/render'],
  ['src/review'],
  ['src/author/file'],
  ['src/author/models'],
  ['src/author/difference'],
  ['src/author/whole', 'src/author/data'],
  ['src/author'],
  ['src/check', 'src/init', 'src/testing'],
  ['src/migrator'],
  ['src/index'],
  ['src/cli/report'],
  ['src/cli/commands/command'],
  ['src/cli/parse'],
  ['src/cli/completion'],
  ['src/cli/commands'],
  ['src/cli/help'],
  ['src/cli'],
  // What it imports is not looked at, as of all tests; a page lists its entries.
  ['corpus'],
  ['bin.js', 'eslint', 'targets', 'scripts'],
  ['plugin', 'executor', 'generator'],
];

const tests = ['**/*.test.ts', '**/{test,faults,corpus,fixtures}/**'];

/** Tests of every package stand on the engine's test bed. */
const packageZones = (testBed) =>
  Object.entries(packages)
    .map(([home, may]) => ({
      target: home,
      from: Object.keys(packages).filter((other) => ![home, ...may, ...testBed].includes(other)),
      message: `${home} imports of this workspace only: ${may.join(', ') || 'nothing'}`,
    }))
    .filter(({ from }) => from.length > 0);

/** For each room, what it may not import: every other one that does not stand above it. */
function roomZones() {
  const names = rooms.flat();
  const isInside = (room, other) => room.startsWith(`${other}/`);
  const pathsOf = (room) =>
    (/\.js(on)?$/.test(room) ? [room] : [room, `${room}.ts`, `${room}.js`]).map((path) => `${engine}/${path}`);
  return rooms.flatMap((row, at) =>
    row.flatMap((room) => {
      const open = [...new Set([room, ...rooms.slice(0, at).flat(), ...names.filter((one) => isInside(one, room))])];
      const closed = names.filter((other) => !open.includes(other));
      const message = `${room} may not import it: see the rooms in eslint.config.js`;
      const opened = (other) =>
        open
          .filter((one) => isInside(one, other))
          .flatMap((one) => [`.${one.slice(other.length)}`, `.${one.slice(other.length)}.ts`]);
      return [
        { target: pathsOf(room), from: closed.filter((other) => opened(other).length === 0).flatMap(pathsOf), message },
        // A folder around this room, or around rooms that it may import.
        ...closed
          .filter((other) => opened(other).length > 0)
          .map((other) => ({ target: pathsOf(room), from: `${engine}/${other}`, except: opened(other), message })),
      ].filter(({ from }) => from.length > 0);
    }),
  );
}

/** What stands in no row imports nothing, so that it is given one. */
const strayZone = {
  target: `${engine}/src/!(${rooms
    .flat()
    .filter((room) => room.startsWith('src/'))
    .map((room) => room.split('/')[1])
    .flatMap((name) => [name, `${name}.ts`])
    .join('|')}){,/**}`,
  from: `${engine}/src`,
  message: 'It stands in no row of the rooms in eslint.config.js: give it one',
};

/** Files with a function that has more than 14 ways through it, each of which is to be divided by concept. */
const stillBranched = ['diff/columns', 'diff/make'].map((file) => `${engine}/src/${file}.ts`);

const drivers = [
  'pg',
  'postgres',
  'kysely',
  '@mikro-orm/core',
  '@mikro-orm/postgresql',
  '@mikro-orm/sql',
  '@mikro-orm/knex',
  'knex',
];

/** Rooms that import no driver but for types; `pg` has two functions that only look at text. */
const withoutDriver = (room, because, allowed = {}) => ({
  files: [`${engine}/src/${room}/**`],
  ignores: tests,
  rules: {
    '@typescript-eslint/no-restricted-imports': [
      'error',
      {
        paths: drivers.map((name) => ({
          name,
          allowTypeImports: true,
          ...(allowed[name] && { allowImportNames: allowed[name] }),
          message: `${room} does not import it, except for types: ${because}`,
        })),
      },
    ],
    'no-restricted-syntax': [
      'error',
      importTypes,
      {
        selector: `ImportExpression[source.value=/^(${drivers.join('|').replaceAll('/', '\\u002F')})$/]`,
        message: `${room} does not import it, except for types: ${because}`,
      },
    ],
  },
});

/** The rules that read imports do not see these. */
const importTypes = {
  selector: 'TSImportType[source.value=/^(\\.|@tutoria|nx-mikro-orm)/]',
  message: 'Import the type at the top of the file.',
};

/** Everything else gives an outcome to `report.ts`, or throws. */
const mayPrint = [
  'tools/nx-mikro-orm/src/cli/report/report.ts',
  // Hands the two streams to report.ts.
  'tools/nx-mikro-orm/src/cli/cli.ts',
  // Says in one line that this Node is too old: before that nothing else can be loaded.
  'tools/nx-mikro-orm/bin.js',
  // Keeps what others print apart from what is ours.
  'tools/nx-mikro-orm/src/foreign.ts',
  // Says in one line why the service did not start: before that there is no logger.
  'packages/api/src/main.ts',
  'tools/nx-mikro-orm/{scripts,executor,generator,package}/**',
  'tools/{bench,containers}/**',
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
    plugins: { 'import-x': importX },
    settings: {
      'import-x/extensions': ['.ts', '.js'],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] },
      'import-x/resolver-next': [createNodeResolver({ extensions: ['.ts', '.js', '.json'] })],
    },
    rules: {
      'no-control-regex': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-restricted-syntax': ['error', importTypes],
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
      'import-x/no-duplicates': 'error',
      'import-x/no-restricted-paths': ['error', { basePath: import.meta.dirname, zones: packageZones([]) }],
    },
  },
  {
    files: tests,
    rules: {
      'import-x/no-restricted-paths': ['error', { basePath: import.meta.dirname, zones: packageZones([engine]) }],
    },
  },
  {
    files: [`${engine}/**`],
    ignores: tests,
    rules: {
      'import-x/no-restricted-paths': [
        'error',
        { basePath: import.meta.dirname, zones: [...packageZones([]), ...roomZones(), strayZone] },
      ],
    },
  },
  withoutDriver('history', 'the graph is pure.'),
  withoutDriver('sql', 'it looks at text.'),
  withoutDriver('catalogue', 'it is handed a connection.', { pg: ['escapeIdentifier', 'escapeLiteral'] }),
  // An entity names those that it relates to, and they name it.
  { files: ['packages/models/src/**'], rules: { 'import-x/no-cycle': 'off' } },
  {
    files: [`${engine}/src/**/*.ts`],
    ignores: ['**/*.test.ts', ...stillBranched],
    rules: { complexity: ['error', 14] },
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
