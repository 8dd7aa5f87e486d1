/** Every theme of the corpus; a new one is a file and a line here. */
import { columns } from './columns.ts';
import { defaults } from './defaults.ts';
import { types } from './types.ts';
import { casts } from './casts.ts';
import { enums } from './enums.ts';
import { enumsUnder } from './enums-under.ts';
import { renames } from './renames.ts';
import { names } from './names.ts';
import { keys } from './keys.ts';
import { primary } from './primary.ts';
import { constraints } from './constraints.ts';
import { indexes } from './indexes.ts';
import { relations } from './relations.ts';
import { links } from './links.ts';
import { tables } from './tables.ts';
import { partitions } from './partitions.ts';
import { schemas } from './schemas.ts';
import { routines } from './routines.ts';
import { views } from './views.ts';
import { functions } from './functions.ts';
import { triggers } from './triggers.ts';
import { policies } from './policies.ts';
import { handwork } from './handwork.ts';
import { beside } from './beside.ts';
import { spelling } from './spelling.ts';
import { pairs } from './pairs.ts';
import { together } from './together.ts';

export const themes = {
  columns,
  defaults,
  types,
  casts,
  enums,
  enumsUnder,
  renames,
  names,
  keys,
  primary,
  constraints,
  indexes,
  relations,
  links,
  tables,
  partitions,
  schemas,
  routines,
  views,
  functions,
  triggers,
  policies,
  handwork,
  beside,
  spelling,
  pairs,
  together,
};
