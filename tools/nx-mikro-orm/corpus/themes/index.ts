/** Every theme of the corpus; a new one is a file and a line here. */
import { columns } from './columns.ts';
import { defaults } from './defaults.ts';
import { types } from './types.ts';
import { enums } from './enums.ts';
import { renames } from './renames.ts';
import { keys } from './keys.ts';
import { indexes } from './indexes.ts';
import { relations } from './relations.ts';
import { tables } from './tables.ts';
import { routines } from './routines.ts';
import { handwork } from './handwork.ts';
import { pairs } from './pairs.ts';
import { views } from './views.ts';
import { partitions } from './partitions.ts';
import { functions } from './functions.ts';
import { triggers } from './triggers.ts';
import { policies } from './policies.ts';
import { schemas } from './schemas.ts';
import { constraints } from './constraints.ts';
import { primary } from './primary.ts';
import { links } from './links.ts';

export const themes = {
  columns,
  defaults,
  types,
  enums,
  renames,
  keys,
  indexes,
  relations,
  tables,
  routines,
  handwork,
  pairs,
  views,
  partitions,
  functions,
  triggers,
  policies,
  schemas,
  constraints,
  primary,
  links,
};
