/** Every recipe, in the order in which people like to read a schema. */
import type { Recipe } from '../recipe.ts';
import { columnDefaults, columns, columnSequences } from './columns.ts';
import { constraints, indexes, inlineConstraints, statistics } from './constraints.ts';
import { accessMethods, collations, conversions, extensions, languages, schemas, transforms } from './database.ts';
import { foreignDataWrappers, servers, userMappings } from './foreign.ts';
import { casts, operatorClasses, operatorFamilies, operators } from './operators.ts';
import { database, defaultPrivileges } from './privileges.ts';
import { publications } from './replication.ts';
import { aggregates, routines } from './routines.ts';
import { searchConfigurations, searchDictionaries, searchParsers, searchTemplates } from './search.ts';
import { sequences } from './sequences.ts';
import { tables } from './tables.ts';
import { eventTriggers, policies, rules, triggers } from './triggers.ts';
import { domains, types } from './types.ts';
import { views, viewColumns } from './views.ts';

export const recipes: readonly Recipe[] = [
  schemas,
  extensions,
  languages,
  accessMethods,
  collations,
  types,
  domains,
  foreignDataWrappers,
  servers,
  userMappings,
  sequences,
  columnSequences,
  tables,
  routines,
  aggregates,
  operators,
  operatorFamilies,
  operatorClasses,
  casts,
  transforms,
  conversions,
  searchParsers,
  searchTemplates,
  searchDictionaries,
  searchConfigurations,
  columns,
  columnDefaults,
  constraints,
  inlineConstraints,
  views,
  viewColumns,
  indexes,
  statistics,
  rules,
  triggers,
  policies,
  publications,
  defaultPrivileges,
  database,
  eventTriggers,
];
