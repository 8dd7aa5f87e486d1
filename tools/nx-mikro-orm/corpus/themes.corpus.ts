import { testTheme } from './run.ts';
import { themes } from './themes/index.ts';

// CORPUS=views,enums: only these themes.
const wanted = process.env['CORPUS']?.split(',');
for (const [title, theme] of Object.entries(themes)) if (wanted?.includes(title) ?? true) testTheme(title, theme);
