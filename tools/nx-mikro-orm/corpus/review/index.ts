import { columns } from './columns.ts';
import { constraints } from './constraints.ts';
import { clinicFailures } from './clinic/failures.ts';
import { clinicHarmless } from './clinic/harmless.ts';
import { clinicLosses } from './clinic/losses.ts';
import { clinicWork } from './clinic/work.ts';
import { depotFailures } from './depot/failures.ts';
import { depotHarmless } from './depot/harmless.ts';
import { depotLosses } from './depot/losses.ts';
import { depotWork } from './depot/work.ts';
import type { ReviewEntry } from './entry.ts';
import { indexes } from './indexes.ts';
import { more } from './more.ts';
import { failures } from './shop/failures.ts';
import { harmless } from './shop/harmless.ts';
import { locks } from './shop/locks.ts';
import { losses } from './shop/losses.ts';
import { tables } from './tables.ts';

/** All statements, by theme; each is about one of four schemas. */
export const corpora: { base: string; themes: Record<string, ReviewEntry[]> }[] = [
  { base: 'base.sql', themes: { columns, constraints, indexes, tables, more } },
  { base: 'shop/base.sql', themes: { locks, failures, losses, harmless } },
  { base: 'clinic/base.sql', themes: { clinicWork, clinicFailures, clinicLosses, clinicHarmless } },
  { base: 'depot/base.sql', themes: { depotWork, depotFailures, depotLosses, depotHarmless } },
];
