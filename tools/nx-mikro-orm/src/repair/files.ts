import { typed } from '../errors.ts';
import { contentOf } from '../history/content.ts';
import { renamedIn, type RenamedRevision } from '../history/renamed.ts';
import { known, type Applied, type Changed } from '../history/state.ts';
import { recordContent, recordReverted, renameRow } from '../ledger/record.ts';
import { keptDown, readStored } from '../ledger/stored.ts';
import { changesOf } from '../run/standing/edited.ts';
import type { Inconsistency, InconsistencyKind, Survey } from './finding.ts';
import { oneLine, shortened } from '../text/line.ts';

/** An applied revision whose file has another name now. */
export const renamed: InconsistencyKind = {
  kind: 'renamed',
  needs: 'files',
  flags: ['renamed'],
  find: async (seen) => (await renamedIn(seen.state)).map((one) => renamedFinding(seen, one)),
};

const renamedFinding = ({ client, project }: Survey, { row, revision }: RenamedRevision): Inconsistency => ({
  kind: 'renamed',
  weight: 'wrong',
  about: [row.name, revision.name],
  found: `${row.name} is applied and has no file, and ${revision.name}, which is not applied, means exactly the same: it was renamed.`,
  evidence: [known(row), revision.path],
  next: [`give the file its name back: git mv '${revision.path}' …/${row.name}.ts, and its class too`],
  remedies: [
    {
      flag: 'renamed',
      when: 'if every database is to know it by its new name',
      mend: ({ write }) =>
        write(async ({ journal }) => {
          await renameRow(client, project, row.name, revision.name);
          await recordContent(client, project, { revision, content: await contentOf(revision) });
          const old = { event: 'forgotten', revision: row.name, direction: 'down' } as const;
          await journal.add(client, { ...old, message: `its name is ${revision.name} now` });
          const now = { event: 'stamped', revision: revision.name, direction: 'up' } as const;
          await journal.add(client, { ...now, message: `its name was ${row.name}` });
          return `The row of ${row.name} bears the name ${revision.name} now. Nothing was run.`;
        }),
    },
  ],
});

/** An applied revision whose file this checkout does not have. */
export const missing: InconsistencyKind = {
  kind: 'missing',
  needs: 'files',
  flags: ['forget'],
  find: async (seen) => {
    const found = [];
    const elsewhere = new Set((await renamedIn(seen.state)).map(({ row }) => row.name));
    for (const row of seen.state.missing.filter(({ name }) => !elsewhere.has(name)))
      found.push(await missingFinding(seen, row));
    return found;
  },
};

async function missingFinding({ client, project, state }: Survey, row: Applied): Promise<Inconsistency> {
  const { name, commit, revises } = row;
  const { down, code } = await readStored(client, project, name);
  const byCode = code !== undefined && down?.length === 0;
  const back = byCode
    ? 'its way back runs code, which only its file can do'
    : down
      ? `the ledger has its way back: ${shortened(oneLine(down.join('; ')), 200) || '(nothing to do)'}`
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

/** An applied revision whose file means something else now. */
export const edited: InconsistencyKind = {
  kind: 'edited',
  needs: 'files',
  flags: ['accept'],
  find: async (seen) => {
    const found = [];
    for (const one of seen.edited) found.push(await editedFinding(seen, one));
    return found;
  },
};

async function editedFinding({ client, project }: Survey, one: Changed): Promise<Inconsistency> {
  const { revision, row } = one;
  const changes = await changesOf(client, project, one);
  return {
    kind: 'edited',
    weight: 'wrong',
    about: [row.name],
    found: `${row.name} was edited after being applied, so another database would get something else than this one has.`,
    evidence: [known(row), revision.path, ...changes],
    next: [
      `put it back: git log --oneline -- '${revision.path}'`,
      `move the change into a new revision: ${typed('create')} --empty -m "…"`,
    ],
    remedies: [
      {
        flag: 'accept',
        when: 'if this database has the change already',
        mend: ({ write }, _, reason) =>
          write(async ({ journal }) => {
            await recordContent(client, project, { revision, content: await contentOf(revision) });
            const message = changes.join('\n');
            await journal.add(client, { event: 'accepted', revision: row.name, message, reason });
            return `${row.name} counts as applied the way it is now. Nothing was run.`;
          }),
      },
    ],
  };
}

/** An applied revision whose file was changed, and cannot be loaded any more. */
export const unreadable: InconsistencyKind = {
  kind: 'unreadable',
  needs: 'files',
  flags: [],
  find: (seen) =>
    seen.unreadable.map(({ revision, row, error }) => ({
      kind: 'unreadable',
      weight: 'wrong',
      about: [row.name],
      found: `${row.name} was edited after being applied, and cannot be read.`,
      evidence: [known(row), error.message],
      next: [`put it back: git log --oneline -- '${revision.path}'`],
      remedies: [],
    })),
};

/** Applied revisions whose file has other bytes, and still does the same on its way up. */
export const reformatted: InconsistencyKind = {
  kind: 'reformatted',
  needs: 'files',
  flags: ['refresh'],
  find: ({ client, project, ...seen }) => {
    const found = onlyReformatted(seen);
    if (found.length === 0) return [];
    return [
      {
        kind: 'reformatted',
        weight: 'note',
        about: found.map(({ name }) => name),
        found: `${found.length === 1 ? 'The file of an applied revision has' : `The files of ${found.length} applied revisions have`} other bytes than when applied, and the same meaning: only comments, layout or the way back changed.`,
        evidence: found.map(({ path }) => path),
        next: [],
        remedies: [
          {
            flag: 'refresh',
            when: 'nothing has to be done; to record the present bytes',
            mend: ({ write }, names) =>
              write(async ({ journal }) => {
                for (const revision of found.filter(({ name }) => names.includes(name))) {
                  await recordContent(client, project, { revision, content: await contentOf(revision) });
                  const message = 'only its layout or its way back had changed';
                  await journal.add(client, { event: 'accepted', revision: revision.name, message });
                }
                return `Recorded the present bytes of ${names.join(', ')}.`;
              }),
          },
        ],
      },
    ];
  },
};

function onlyReformatted({ state, edited, unreadable }: Pick<Survey, 'state' | 'edited' | 'unreadable'>) {
  const others = new Set([...edited, ...unreadable].map(({ row }) => row.name));
  return state.changed.filter(({ row }) => !others.has(row.name)).map(({ revision }) => revision);
}
