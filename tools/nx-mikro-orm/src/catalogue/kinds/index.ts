/** What is known of the kinds of things. */
import type { Kind } from '../key.ts';
import * as all from './all.ts';
import type { KindModule } from './kind.ts';

const byKind = new Map<Kind, KindModule>(Object.entries(all) as [Kind, KindModule][]);

/** All kinds, and the modules that know them, in the order in which people like to read a schema. */
export const kinds: readonly Kind[] = [...byKind].toSorted(([, a], [, b]) => a.order - b.order).map(([kind]) => kind);
export const modules: readonly KindModule[] = [...new Set(kinds.map((kind) => moduleOf(kind)))];

/** What is known of a kind. */
export function moduleOf(kind: Kind): KindModule {
  const module = byKind.get(kind);
  if (!module) throw new Error(`no module for the kind ${kind}`);
  return module;
}

/** Place of a kind in that order. */
export const kindRank = (kind: Kind): number => moduleOf(kind).order;

const onlyKinds = new Map([...byKind].map(([kind, module]) => [module, kind]));

/** The kind of a module that knows one. */
export function onlyKindOf(module: KindModule): Kind {
  const kind = onlyKinds.get(module);
  if (!kind) throw new Error('no kind of this module');
  return kind;
}
