import { testTheme } from './run.ts';
import { themes } from './themes/index.ts';

for (const [title, theme] of Object.entries(themes)) testTheme(title, theme);
