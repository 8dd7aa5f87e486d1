import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withIgnored, withMigrator, withPlugin, withScripts } from './edits.ts';

const ours = "import { Migrator } from 'nx-mikro-orm/migrator';";

/** A MikroORM configuration, and what becomes of it; undefined where a person has to edit it. */
const configs: [what: string, before: string, after: string | undefined][] = [
  [
    'stock\u2019s migrator alone',
    "import { Migrator } from '@mikro-orm/migrations';\nexport default defineConfig({ extensions: [Migrator] });\n",
    `${ours}\nexport default defineConfig({ extensions: [Migrator] });\n`,
  ],
  [
    'stock\u2019s migrator among others',
    'import { Migrator, TSMigrationGenerator } from "@mikro-orm/migrations";\nexport default { extensions: [SeedManager, Migrator] };\n',
    'import { TSMigrationGenerator } from "@mikro-orm/migrations";\nimport { Migrator } from "nx-mikro-orm/migrator";\nexport default { extensions: [SeedManager, Migrator] };\n',
  ],
  [
    'stock\u2019s migrator in CommonJS',
    "'use strict';\nconst { Migrator } = require('@mikro-orm/migrations');\nmodule.exports = { extensions: [Migrator] };\n",
    "'use strict';\nconst { Migrator } = require('nx-mikro-orm/migrator');\nmodule.exports = { extensions: [Migrator] };\n",
  ],
  [
    'no extensions in CommonJS',
    "'use strict';\nconst { defineConfig } = require('x');\nmodule.exports = defineConfig({});\n",
    "'use strict';\nconst { Migrator } = require('nx-mikro-orm/migrator');\nconst { defineConfig } = require('x');\nmodule.exports = defineConfig({\n  extensions: [Migrator],});\n",
  ],
  [
    'no extensions',
    'export default defineConfig({\n  entities,\n});\n',
    `${ours}\nexport default defineConfig({\n  extensions: [Migrator],\n  entities,\n});\n`,
  ],
  ['it is there already', `${ours}\nexport default {};\n`, `${ours}\nexport default {};\n`],
  ['other extensions', 'export default defineConfig({ extensions: [SeedManager] });\n', undefined],
  ['two configurations', 'export default [defineConfig({}), defineConfig({})];\n', undefined],
  ['no call that is known', 'export default { entities };\n', undefined],
  [
    'a migrator of another name',
    "import { Migrator } from './mine.ts';\nexport default defineConfig({});\n",
    undefined,
  ],
];

describe('the MikroORM configuration', () => {
  for (const [what, before, after] of configs)
    it(`${what}: ${after === undefined ? 'left to a person' : 'edited'}, and the same the second time`, () => {
      assert.equal(withMigrator(before), after);
      if (after !== undefined) assert.equal(withMigrator(after), after);
    });
});

describe('files of the project', () => {
  it('package.json keeps its scripts, its indentation and its end', () => {
    const text = withScripts('{\n\t"name": "x",\n\t"scripts": { "db:up": "mine" }\n}');
    assert.equal((JSON.parse(text) as { scripts: Record<string, string> }).scripts['db:up'], 'mine');
    assert.match(text, /^\{\n\t"name": "x"[\s\S]*"db:check": "nx-mikro-orm check"[\s\S]*[^\n]$/);
    assert.equal(withScripts(text), text);
  });

  it('nx.json gets the plugin once, beside others', () => {
    const text = withPlugin('{ "plugins": [{ "plugin": "@nx/js" }] }\n');
    assert.deepEqual(JSON.parse(text), { plugins: [{ plugin: '@nx/js' }, 'nx-mikro-orm/plugin'] });
    assert.equal(withPlugin(text), text);
    const known = '{"plugins":[{"plugin":"nx-mikro-orm/plugin"}]}';
    assert.equal(withPlugin(known), known);
  });

  it('.gitignore gets one line, whatever its end', () => {
    assert.equal(withIgnored(''), '.nx-mikro-orm/\n');
    assert.equal(withIgnored('dist'), 'dist\n.nx-mikro-orm/\n');
    for (const text of ['/.nx-mikro-orm\n', 'a\r\n.nx-mikro-orm/\r\n']) assert.equal(withIgnored(text), text);
  });
});
