/** Functions whose text names something that goes or is called otherwise: to the server, it is only a text. */
import { spelled, type Catalogue, type Item } from '../../catalogue/index.ts';
import { factOf } from '../../catalogue/item.ts';
import { labelsOf } from '../../catalogue/kinds/type.ts';
import { ownerOf } from '../../diff/side.ts';
import { tokensOf, valueOf } from '../../sql/tokens.ts';

/** What goes by its name: a column with its table, a value of an enum, or a thing. */
interface Gone {
  name: string;
  shown: string;
  table?: string;
  isValue?: true;
}

const relations: ReadonlySet<Item['kind']> = new Set(['table', 'foreign table', 'view', 'materialized view']);

/** A sentence for each thing of one state that a function of the next still names, and that is not there any more. */
export function mentionsIn(from: Catalogue, to: Catalogue): string[] {
  const gone = [...from.values()].flatMap((item) => goneOf(item, to));
  if (gone.length === 0) return [];
  const routines = [...to.values()].filter(({ kind }) => kind === 'function' || kind === 'procedure');
  return routines.flatMap((routine) => {
    const said = bodyOf(routine);
    return said === undefined ? [] : mentioned(routine, said, gone, to);
  });
}

function goneOf(item: Item, to: Catalogue): Gone[] {
  const next = to.get(item.key);
  const { schema, table, name } = item;
  if (item.kind === 'column' && !next && table !== undefined)
    return ownerOf(item, to) ? [{ name, table, shown: spelled([table, name]) }] : [];
  if (relations.has(item.kind)) return next ? [] : [{ name, shown: spelled([schema ?? 'public', name]) }];
  const [old, labels] = [labelsOf(item), labelsOf(next)];
  if (!old || !labels) return [];
  return old
    .filter((label) => !labels.includes(label))
    .map((label) => ({ name: label, shown: `the value ${label} of ${spelled([name])}`, isValue: true }));
}

/** The text between the quotes; undefined where the server itself follows what it names. */
function bodyOf(routine: Item): string | undefined {
  const last = tokensOf(factOf(routine, 'text') as string).at(-1);
  if (last?.kind !== 'text') return undefined;
  return valueOf(last) ?? last.text.replace(/^\$[^$]*\$/, '').replace(/\$[^$]*\$$/, '');
}

/** Names and texts in a text of SQL; also those within its texts, which may be statements. */
function saidIn(body: string, isWithin = false): { names: Set<string>; texts: Set<string> } {
  const [names, texts] = [new Set<string>(), new Set<string>()];
  for (const token of tokensOf(body)) {
    const value = valueOf(token);
    if (value === undefined) continue;
    if (token.kind !== 'text') names.add(value);
    else {
      texts.add(value);
      if (!isWithin) for (const name of saidIn(value, true).names) names.add(name);
    }
  }
  return { names, texts };
}

function mentioned(routine: Item, body: string, gone: readonly Gone[], to: Catalogue): string[] {
  const { names, texts } = saidIn(body);
  // A trigger function names no table: it is called for one.
  const call = `EXECUTE FUNCTION ${spelled([routine.schema ?? 'public', routine.name])}(`;
  const tables = [...to.values()]
    .filter((item) => item.kind === 'trigger' && String(factOf(item, 'text')).includes(call))
    .map(({ table }) => table);
  const isMeant = ({ name, table, isValue }: Gone) =>
    isValue ? texts.has(name) : names.has(name) && (table === undefined || names.has(table) || tables.includes(table));
  const called = `${spelled([routine.name])}${routine.signature ?? '()'}`;
  return gone.filter(isMeant).map(({ shown }) => `${called} mentions ${shown}, which is not there any more`);
}
