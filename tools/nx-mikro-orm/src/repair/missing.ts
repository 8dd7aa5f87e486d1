import { typed } from '../errors.ts';
import { known, type Applied } from '../history/state.ts';
import { keptDown, readStored } from '../ledger/ledger.ts';
import { recordReverted } from '../ledger/record.ts';
import { renamedIn } from '../history/renamed.ts';
import type { Finding, Kind, Seen } from './finding.ts';

/** An applied revision whose file this checkout does not have. */
export const missing: Kind = {
  kind: 'missing',
  needs: 'files',
  flags: ['forget'],
  find: async (seen) => {
    const found = [];
    const elsewhere = new Set((await renamedIn(seen.state)).map(({ row }) => row.name));
    for (const row of seen.state.missing.filter(({ name }) => !elsewhere.has(name)))
      found.push(await findingOf(seen, row));
    return found;
  },
};

async function findingOf({ client, project, state }: Seen, row: Applied): Promise<Finding> {
  const { name, commit, revises } = row;
  const { down, code } = await readStored(client, project, name);
  const byCode = code !== undefined && down?.length === 0;
  const back = byCode
    ? 'its way back runs code, which only its file can do'
    : down
      ? `the ledger has its way back: ${down.join('; ').replace(/\s+/g, ' ').slice(0, 200) || '(nothing to do)'}`
      : 'the ledger has no way back for it';
  const isAhead = state.ahead.some((one) => one.name === name);
  return {
    kind: 'missing',
    weight: 'wrong',
    about: [name],
    found: `${name} is applied, and not in this checkout${isAhead ? ', which is older than the database' : ''}.`,
    evidence: [known(row), ...(revises ? [`it revises ${revises.join(', ') || 'base'}`] : []), back],
    next: [
      commit
        ? `find a branch that has it: git branch --all --contains ${commit.slice(0, 12)}`
        : `find the commit that has it: git log --all --oneline -- '*${name}*'`,
      ...(down && !byCode
        ? [
            `take the database to what this checkout has, by the ledger: ${typed('switch')}`,
            ...(state.current.includes(name) ? [`revert only this one, by the ledger: ${typed('down')} --stored`] : []),
          ]
        : []),
    ],
    remedies: [
      {
        flag: 'forget',
        when: 'if nothing of it is in this database any more',
        mend: ({ write }, _, reason) =>
          write(async ({ journal }) => {
            const message = await keptDown(client, project, name);
            await recordReverted(client, project, name);
            await journal.add(client, { event: 'forgotten', revision: name, direction: 'down', message, reason });
            return `The row of ${name} was removed from the ledger. Nothing of it was reverted.`;
          }),
      },
    ],
  };
}
