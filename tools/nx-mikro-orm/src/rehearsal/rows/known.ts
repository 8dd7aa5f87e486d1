/** What only the server can say about types: which texts an unknown one reads, and which values a domain allows. */
import { elementType, typeNumbers } from '../../catalogue/kinds/naming.ts';
import type { Client } from '../../catalogue/index.ts';
import { tryInsert } from './attempt.ts';
import type { Description } from './describe.ts';
import { solve, type Trial } from './solve.ts';
import { foundation, isUnknown, supplyOf, type Known } from './values/compose.ts';
import { harvest } from './values/harvest.ts';
import { guesses } from './values/scalars.ts';
import { inOrder } from './values/supply.ts';
import { shapes } from './values/texts.ts';

export async function askAboutTypes(client: Client, { tables, types }: Description, extremes: boolean): Promise<Known> {
  const known: Known = { types, guessed: new Map(), allowed: new Map(), supplies: new Map() };
  const formats = new Set<string>();
  const look = (id: number, format: string): void => {
    const type = types.get(id);
    if (!type) return;
    if (type.isArray) look(type.element, elementType(format));
    else if (isUnknown(type)) formats.add(format);
  };
  for (const { columns } of tables) for (const { type, format } of columns) look(type, format);
  for (const type of types.values()) {
    if (type.kind === 'd') look(type.base, type.baseFormat ?? '');
    if (type.kind === 'r') look(type.of ?? 0, types.get(type.of ?? 0)?.format ?? '');
    for (const one of type.attributes ?? []) look(one.type, one.format);
  }
  for (const format of formats) known.guessed.set(format, await readable(client, format));
  await askAboutDomains(client, known, extremes);
  return known;
}

/** The texts that the type reads, different from each other once they are read. */
async function readable(client: Client, format: string): Promise<string[]> {
  const found = new Map<string, string>();
  for (const text of guesses(typeNumbers(format))) {
    const { rows, refused } = await tryInsert(client, `select ${literal(text)}::${format}::text as text`);
    const [read] = refused === undefined ? (rows as { text: string | null }[]) : [];
    if (read?.text != null && !found.has(read.text)) found.set(read.text, text);
  }
  return [...found.values()];
}

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

async function askAboutDomains(client: Client, known: Known, extremes: boolean): Promise<void> {
  const domains = [...known.types.values()].filter(
    (type) => type.kind === 'd' && foundation(known.types, type.id, '').checks.length > 0,
  );
  const trials = domains.map((domain): Trial => {
    const { type, format, checks } = foundation(known.types, domain.id, '');
    const supply = supplyOf(known, type?.id ?? 0, format);
    const isText = type?.category === 'S';
    const { literals, near } = harvest(checks, isText);
    const others = [...near, ...(isText ? shapes : [])];
    const values = [...literals.filter(supply.fits), ...inOrder(supply, extremes), ...others.filter(supply.fits)];
    return { columns: [{ name: 'value', format, values: [...new Set(values)] }], conditions: checks };
  });
  const solutions = await solve(client, trials);
  for (const [at, domain] of domains.entries()) {
    const solved = solutions[at];
    const values = solved?.trial.columns[0]?.values ?? [];
    if (solved)
      known.allowed.set(
        domain.id,
        solved.solutions.flatMap(([place = 0]) => values[place] ?? []),
      );
  } // What was worked out for the domains, and for what is made of them, did not know of that.
  known.supplies.clear();
}
