import { plural, typed } from '../errors.ts';
import { known, type Applied } from '../history/state.ts';
import { contentOf } from '../history/content.ts';
import type { Recorded } from '../ledger/journal.ts';
import { ledgerRows } from '../ledger/ledger.ts';
import { recordContent, removeRows } from '../ledger/record.ts';
import { readStored } from '../ledger/stored.ts';
import type { Inconsistency, InconsistencyKind, Survey } from './finding.ts';

/** The journal says that they were applied, and nothing says that they were reverted; yet the ledger has no row of them. */
export const vanished: InconsistencyKind = {
  kind: 'vanished',
  needs: 'database',
  flags: ['forget'],
  find: ({ client, decisions, state }) => {
    const rows = new Set(state.applied.map(({ name }) => name));
    const gone = [...remembered(decisions)].filter(([name]) => !rows.has(name));
    const names = gone.map(([name]) => name);
    if (names.length === 0) return [];
    return [
      {
        kind: 'vanished',
        weight: 'wrong',
        about: names,
        found: `${plural(names.length, 'A revision was', 'revisions were')} applied and never reverted, says the journal; the ledger has no row of ${names.length === 1 ? 'it' : 'them'}. Somebody has deleted rows, or copied only a part.`,
        evidence: gone.map(([name, row]) => `${name}\n  ${toldBy(row)}`),
        next: [
          `if ${names.length === 1 ? 'its effects are' : 'their effects are'} in this database: ${typed('stamp')} <revision>, which looks at the schema and records all up to there`,
          `if not: ${typed('up')}, which runs ${names.length === 1 ? 'it' : 'them'} again`,
        ],
        remedies: [
          {
            flag: 'forget',
            when: 'if it was reverted by hand, and is to count as not applied',
            mend: ({ write }, about, reason) =>
              write(async ({ journal }) => {
                for (const revision of about)
                  await journal.add(client, { event: 'forgotten', revision, direction: 'down', reason });
                return `${about.join(', ')} counts as not applied. The ledger was not changed.`;
              }),
          },
        ],
      },
    ];
  },
};

const toldBy = ({ event, at, by, host }: Recorded): string =>
  `${event} ${at.toISOString()} by ${[by, host].filter(Boolean).join('@')}`;

/** A revision with several rows: the table of stock MikroORM allows it, and two of its runners at once make them. */
export const duplicate: InconsistencyKind = {
  kind: 'duplicate',
  needs: 'database',
  flags: ['unique'],
  find: async (seen) => {
    const found = [];
    for (const { name } of seen.state.duplicated) found.push(await duplicateFinding(seen, name));
    return found;
  },
};

async function duplicateFinding({ client, project }: Survey, name: string): Promise<Inconsistency> {
  const rows = await ledgerRows(client, project, name);
  const [oldest, ...others] = rows;
  return {
    kind: 'duplicate',
    weight: 'wrong',
    about: [name],
    found: `${name} has ${rows.length} rows in the ledger: two runners without a lock may have run it twice. Look whether its effects are there twice.`,
    evidence: rows.map((row) => `row ${row.id}: ${row.name}, ${row.at.toISOString()}`),
    next: [],
    remedies: [
      {
        flag: 'unique',
        when: `to keep the oldest row, ${oldest?.id}`,
        mend: ({ write }) =>
          write(async ({ journal }) => {
            const ids = others.map(({ id }) => id);
            const kept = await readStored(client, project, name);
            await removeRows(client, project, name, ids);
            const message = `row ${oldest?.id} was kept, removed: ${ids.join(', ')}${kept.up ? `; up was: ${kept.up.join('; ')}` : ''}`;
            await journal.add(client, { event: 'accepted', revision: name, message });
            return `Of ${name}, row ${oldest?.id} was kept; ${ids.length} removed.`;
          }),
      },
    ],
  };
}

/** Rows that say only that a revision was applied: stock MikroORM wrote them, or somebody did by hand. */
export const unchecked: InconsistencyKind = {
  kind: 'unchecked',
  needs: 'files',
  flags: ['adopt'],
  find: ({ client, project, history, ...seen }) => {
    const found = bareRows(seen).flatMap(({ name }) => history.byName.get(name) ?? []);
    if (found.length === 0) return [];
    return [
      {
        kind: 'unchecked',
        weight: 'note',
        about: found.map(({ name }) => name),
        found: `${plural(found.length, 'A row', 'rows')} of the ledger cannot tell what was applied, so an edit of the file would go unnoticed: stock MikroORM wrote ${found.length === 1 ? 'it' : 'them'}, or somebody by hand.`,
        evidence: found.map(({ name }) => name),
        next: [],
        remedies: [
          {
            flag: 'adopt',
            when: 'to record what the file says now, which nobody can compare with what ran then',
            mend: ({ write }, names) =>
              write(async ({ journal }) => {
                for (const revision of found.filter(({ name }) => names.includes(name))) {
                  await recordContent(client, project, { revision, content: await contentOf(revision) });
                  const message = 'its row had no statements; those of the file were taken, unseen';
                  await journal.add(client, { event: 'accepted', revision: revision.name, message });
                }
                return `Recorded what the ${names.length === 1 ? 'file says' : 'files say'} of ${names.join(', ')}.`;
              }),
          },
        ],
      },
    ];
  },
};

function bareRows({ state, edited, unreadable }: Pick<Survey, 'state' | 'edited' | 'unreadable'>): Applied[] {
  const others = new Set([...edited, ...unreadable].map(({ row }) => row.name));
  const rows = new Map(state.applied.map((row) => [row.name, row]));
  return [...rows.values()].filter(({ name, checksum }) => checksum === undefined && !others.has(name));
}

/** Rows of ours that the journal knows nothing of. */
export const unseen: InconsistencyKind = {
  kind: 'unseen',
  needs: 'database',
  flags: [],
  find: ({ decisions, state }) => {
    const told = remembered(decisions);
    // A row without a checksum is not ours, and told elsewhere.
    const rows = state.applied.filter(({ name, checksum }) => checksum !== undefined && !told.has(name));
    if (rows.length === 0) return [];
    return [
      {
        kind: 'unseen',
        weight: 'note',
        about: rows.map(({ name }) => name),
        found: `${plural(rows.length, 'A row', 'rows')} of the ledger ${rows.length === 1 ? 'is' : 'are'} not in its journal: copied from another database, or restored without it.`,
        evidence: rows.map((row) => `${row.name}\n  ${known(row)}`),
        next: [],
        remedies: [],
      },
    ];
  },
};

/** What is applied, as the journal tells it: by name, the row that says so. Pure. */
function remembered(decisions: readonly Recorded[]): Map<string, Recorded> {
  const applied = new Map<string, Recorded>();
  for (const row of decisions) {
    const { event, revision, plan = [] } = row;
    if (revision === undefined) continue;
    if (event === 'replaced') for (const name of plan) applied.delete(name);
    if (event === 'reverted' || event === 'forgotten') applied.delete(revision);
    else applied.set(revision, row);
  }
  return applied;
}
