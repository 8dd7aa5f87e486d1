import { columns } from './columns.ts';
import { constraints } from './constraints.ts';
import type { ReviewEntry } from './entry.ts';
import { indexes } from './indexes.ts';
import { more } from './more.ts';
import { tables } from './tables.ts';

/** All statements, by theme. */
export const themes: Record<string, ReviewEntry[]> = { columns, constraints, indexes, tables, more };
