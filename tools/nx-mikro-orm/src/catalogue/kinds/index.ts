/** Every family of items. A new kind is a file here, a line below, and its name in item.ts. */
import { columns } from './columns.ts';
import { constraints, indexes, statistics } from './constraints.ts';
import {
  accessMethods,
  collations,
  conversions,
  database,
  defaultPrivileges,
  extensions,
  languages,
  schemas,
  transforms,
} from './database.ts';
import type { Family } from './family.ts';
import { foreignDataWrappers, servers, userMappings } from './foreign.ts';
import { casts, operatorClasses, operatorFamilies, operators } from './operators.ts';
import { publications, subscriptions } from './replication.ts';
import { aggregates, routines } from './routines.ts';
import { searchConfigurations, searchDictionaries, searchParsers, searchTemplates } from './search.ts';
import { sequences } from './sequences.ts';
import { tables } from './tables.ts';
import { eventTriggers, policies, rules, triggers } from './triggers.ts';
import { domains, types } from './types.ts';
import { views } from './views.ts';

export const families: readonly Family[] = [
  database,
  schemas,
  extensions,
  languages,
  accessMethods,
  collations,
  conversions,
  types,
  domains,
  routines,
  aggregates,
  operators,
  operatorFamilies,
  operatorClasses,
  casts,
  transforms,
  searchParsers,
  searchTemplates,
  searchDictionaries,
  searchConfigurations,
  foreignDataWrappers,
  servers,
  userMappings,
  sequences,
  tables,
  columns,
  constraints,
  views,
  indexes,
  statistics,
  rules,
  triggers,
  policies,
  eventTriggers,
  publications,
  subscriptions,
  defaultPrivileges,
];
