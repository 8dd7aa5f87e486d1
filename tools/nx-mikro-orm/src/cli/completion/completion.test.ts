import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { loadAll } from '../commands/index.ts';
import { shells } from './index.ts';
import { commandWords } from './words.ts';

const home = mkdtempSync(join(tmpdir(), 'nx-mikro-orm-completion-'));
after(() => rmSync(home, { recursive: true }));

const words = commandWords(await loadAll());

/** A folder on the PATH with the engine's program in it. */
const programs = join(home, 'programs');
mkdirSync(programs);
writeFileSync(
  join(programs, 'nx-mikro-orm'),
  `#!/bin/sh\nexec '${process.execPath}' '${join(import.meta.dirname, '../../../bin.js')}' "$@"\n`,
);
chmodSync(join(programs, 'nx-mikro-orm'), 0o755);

const revision = (name: string, revises: string | null) =>
  writeFileSync(
    join(home, 'revisions', `${name}.ts`),
    `import { Migration } from '@mikro-orm/migrations';
export class ${name} extends Migration {
  static readonly revises = ${JSON.stringify(revises)};
  override up(): void {
    this.addSql('select 1');
  }
}
`,
  );
mkdirSync(join(home, 'revisions'));
writeFileSync(join(home, 'package.json'), '{ "type": "module" }');
writeFileSync(
  join(home, 'migrations.config.ts'),
  `export default { orm: async () => ({ default: { migrations: { path: '${join(home, 'revisions')}' } } }) };`,
);
revision('Migration20260101000000_first', null);
revision('Migration20260101000001_second', 'Migration20260101000000_first');

/** What a shell offers for the last of these words. It reads the same script as a person's does. */
const asked: Record<string, (script: string, line: string[]) => [string, string]> = {
  bash: (script, line) => [
    script,
    `COMP_WORDS=(${line.map((one) => `'${one}'`).join(' ')}); COMP_CWORD=${line.length - 1}; _nx_mikro_orm; printf '%s\\n' "\${COMPREPLY[@]}"`,
  ],
  // What it calls to show is only there while somebody types.
  zsh: (script, line) => [
    `compdef() { : }; typeset -A _comps; _default() { : }
_describe() { print -l -- \${(P)2} | sed 's/:.*//' | grep -- "^$PREFIX" }; compadd() { print -l -- \${(P)2} | grep -- "^$PREFIX" }
${script}`,
    `words=(${line.map((one) => `'${one}'`).join(' ')}); CURRENT=${line.length}; PREFIX=\${words[-1]}; _nx_mikro_orm; true`,
  ],
  fish: (script, line) => [script, `complete -C "${line.join(' ')}" | string split -f1 \\t; true`],
};

for (const [shell, write] of Object.entries(shells))
  describe(shell, { skip: spawnSync(shell, ['-c', 'true']).error ? `${shell} is not installed` : false }, () => {
    const offered = (...line: string[]): string[] => {
      const [before, ask] = asked[shell]?.(write(words), line) ?? ['', ''];
      const file = join(home, `ask.${shell}`);
      writeFileSync(file, `${before}\n${ask}\n`);
      const env = { PATH: `${programs}:${process.env['PATH']}`, HOME: home, TERM: 'dumb' };
      return execFileSync(shell, [file], { encoding: 'utf8', cwd: home, env }).split('\n').filter(Boolean).sort();
    };

    it('offers commands', () => {
      assert.deepEqual(offered('nx-mikro-orm', 'st'), ['stamp', 'stats', 'status']);
      assert.deepEqual(offered('npx', 'nx-mikro-orm', 'ver'), ['verify']);
    });

    it("offers a command's own options, and those of every command", () => {
      assert.deepEqual(offered('nx-mikro-orm', 'create', '--re'), ['--recreate', '--rename']);
      assert.deepEqual(offered('nx-mikro-orm', 'up', '--js'), ['--json', '--json-lines']);
      assert.deepEqual(offered('nx-mikro-orm', 'current', '--rename'), []);
    });

    it('offers revisions where one is meant', () => {
      assert.deepEqual(offered('nx-mikro-orm', 'down', 'Migration'), [
        'Migration20260101000000_first',
        'Migration20260101000001_second',
      ]);
      assert.deepEqual(offered('nx-mikro-orm', 'show', 'he'), ['head']);
    });
  });
