import { mkdtempSync, writeFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { withProject } from '../../test/project.ts';
import { lintSqlFiles } from '../../src/review/sql-files.ts';
import { themes } from './index.ts';
import { test } from 'node:test';
const major = Number(process.env['POSTGRES_MAJOR'] ?? 18);
test('corpus', { timeout: 0 }, () => withProject(async ({ project }) => {
  const dir = mkdtempSync(join(tmpdir(), 'corpus-'));
  const entries = Object.values(themes).flat().filter((e) => (e.since ?? 0) <= major);
  const per: Record<string, [number, number]> = {};
  for (const autocommit of [false, true]) {
    const mine = entries.filter((e) => e.autocommit === autocommit);
    const files = mine.map((e, i) => { const f = join(dir, `${autocommit}-${String(i).padStart(3, '0')}.sql`); writeFileSync(f, e.sql); return f; });
    const t = performance.now();
    const targets = await lintSqlFiles(project, { files, chain: [], base: join(import.meta.dirname, 'base.sql'), autocommit });
    console.log(autocommit, files.length, 'files', Math.round(performance.now() - t), 'ms');
    for (const [i, { findings }] of targets.entries()) {
      const e = mine[i]!;
      const key = e.class ?? 'harmless';
      per[key] ??= [0, 0];
      per[key][1]++;
      const flagged = findings.filter((f) => f.severity !== 'note');
      const ok = e.class === null ? findings.length === 0 : findings.some((f) => f.class === e.class);
      if (ok) per[key][0]++;
      else console.log(`${e.class === null ? 'FLAGGED' : flagged.length ? `WRONG CLASS (${e.class})` : `MISSED (${e.class})`} ${autocommit ? '[auto] ' : ''}${e.sql}\n${findings.map((f) => `      ${f.severity} ${f.class}/${f.code}: ${f.message}`).join('\n')}`);
      if (process.env['SHOW'] && e.sql.includes(process.env['SHOW'])) console.log(e.sql, findings.map((f) => `\n   ${f.severity} ${f.class}/${f.code}: ${f.message}`).join(''));
    }
  }
  console.log(per);
  rmSync(dir, { recursive: true });
}));
