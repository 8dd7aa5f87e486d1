/** From a database: pairs of states, theme by theme. `CORPUS=partitions,types` runs only these. */
import { foreign } from './databases/foreign.ts';
import { kept } from './databases/kept.ts';
import { testPairs } from './databases/pair.ts';
import { partitions } from './databases/partitions.ts';
import { privileges } from './databases/privileges.ts';
import { types } from './databases/types.ts';

const themes = { partitions, types, privileges, foreign, kept };
const chosen = process.env['CORPUS']?.split(',');

for (const [title, pairs] of Object.entries(themes))
  if (!chosen || chosen.includes(title)) testPairs(`${title}, from a database`, pairs);
