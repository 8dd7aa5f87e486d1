/** From a database: pairs of states, theme by theme. `CORPUS=partitions,types` runs only these. */
import { chains } from './databases/chains.ts';
import { foreign } from './databases/foreign.ts';
import { kept } from './databases/kept.ts';
import { testPairs } from './databases/pair.ts';
import { partitions } from './databases/partitions.ts';
import { privileges } from './databases/privileges.ts';
import { sequences } from './databases/sequences.ts';
import { types } from './databases/types.ts';

const themes = { partitions, types, privileges, foreign, kept, sequences, chains };
const chosen = process.env['CORPUS']?.split(',');

for (const [title, pairs] of Object.entries(themes))
  if (!chosen || chosen.includes(title)) testPairs(`${title}, from a database`, pairs);
