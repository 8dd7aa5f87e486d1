import { against, report, type Lines } from './against/against.ts';
import { testTheme } from './run.ts';
import { themes } from './themes/index.ts';

// CORPUS=views,enums: only these themes.
const wanted = process.env['CORPUS']?.split(',');
// AGAINST_STOCK=1: every entry also through MikroORM's own migrator, whose lines go into against-mikro-orm.md.
const lines: Lines | undefined = process.env['AGAINST_STOCK'] ? new Map() : undefined;

for (const [title, theme] of Object.entries(themes))
  if (wanted?.includes(title) ?? true) testTheme(title, theme, lines && against(lines, title));
if (lines) report(lines, themes);
