/** Every kind of thing, in the order in which people like to read a schema. A new kind is a file here and a line below. */
import type { Kind } from '../key.ts';
import { accessMethod } from './access-method.ts';
import { aggregate } from './aggregate.ts';
import { cast } from './cast.ts';
import { collation } from './collation.ts';
import { column } from './column.ts';
import { constraint } from './constraint.ts';
import { conversion } from './conversion.ts';
import { database } from './database.ts';
import { defaultPrivileges } from './default-privileges.ts';
import { domain } from './domain.ts';
import { eventTrigger } from './event-trigger.ts';
import { extension } from './extension.ts';
import { foreignDataWrapper } from './foreign-data-wrapper.ts';
import { index } from './index-of-table.ts';
import type { KindModule } from './kind.ts';
import { language } from './language.ts';
import { operatorClass } from './operator-class.ts';
import { operatorFamily } from './operator-family.ts';
import { operator } from './operator.ts';
import { policy } from './policy.ts';
import { publication } from './publication.ts';
import { routine } from './routine.ts';
import { rule } from './rule.ts';
import { schema } from './schema.ts';
import { sequence } from './sequence.ts';
import { server } from './server.ts';
import { statistics } from './statistics.ts';
import { subscription } from './subscription.ts';
import { table } from './table.ts';
import { textSearchConfiguration } from './text-search-configuration.ts';
import { textSearchDictionary } from './text-search-dictionary.ts';
import { textSearchParser } from './text-search-parser.ts';
import { textSearchTemplate } from './text-search-template.ts';
import { transform } from './transform.ts';
import { trigger } from './trigger.ts';
import { type } from './type.ts';
import { userMapping } from './user-mapping.ts';
import { view } from './view.ts';

export const modules: readonly KindModule[] = [
  schema,
  extension,
  language,
  accessMethod,
  collation,
  type,
  domain,
  foreignDataWrapper,
  server,
  userMapping,
  sequence,
  table,
  routine,
  aggregate,
  operator,
  operatorFamily,
  operatorClass,
  cast,
  transform,
  conversion,
  textSearchParser,
  textSearchTemplate,
  textSearchDictionary,
  textSearchConfiguration,
  column,
  constraint,
  view,
  index,
  statistics,
  rule,
  trigger,
  policy,
  publication,
  subscription,
  defaultPrivileges,
  database,
  eventTrigger,
];

const byKind = new Map<Kind, KindModule>(modules.flatMap((module) => module.kinds.map((kind) => [kind, module])));
const ranks = new Map(modules.map((module, rank) => [module, rank]));

/** What is known of a kind. */
export function moduleOf(kind: Kind): KindModule {
  const module = byKind.get(kind);
  if (!module) throw new Error(`no module for the kind ${kind}`);
  return module;
}

/** Place of a kind in the order in which people read a schema. */
export const kindRank = (kind: Kind): number => ranks.get(moduleOf(kind)) ?? 0;
