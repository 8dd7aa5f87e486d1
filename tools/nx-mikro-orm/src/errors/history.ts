import { entry, list, typed } from './entry.ts';

/** The history: files, how they hang together, and what was asked for. */
export const historyErrors = {
  'revision-twice': entry<{ name: string; files: string[] }>(
    'refused',
    (f) => `Two files are the same revision ${f.name}; nothing was run:${list(f.files)}`,
    (f) => [`delete the one that a compiler wrote: rm ${f.files[1] ?? ''}`],
  ),
  'revision-link-missing': entry<{
    name: string;
    place: string;
    missing: string;
    replacedBy: string | undefined;
    nearest: string[];
  }>(
    'refused',
    (f) =>
      `${f.name} says that it revises "${f.missing}", and ${f.replacedBy ? `${f.replacedBy} has replaced that` : 'there is no such revision'}. Nothing was run.\n  ${f.place}${f.nearest.length ? `\nThe nearest names are:${list(f.nearest)}` : ''}`,
    (f) =>
      f.replacedBy
        ? [`let it follow: in ${f.place}, set \`static readonly revises = '${f.replacedBy}'\``]
        : [
            `bring the file back: git log --diff-filter=D --oneline -- '*${f.missing}*'`,
            `or fix the link in ${f.place}`,
          ],
  ),
  'revision-cycle': entry<{ cycle: string[] }>(
    'refused',
    (f) => `These revisions revise each other in a circle, so none can come first. Nothing was run.${list(f.cycle)}`,
    () => ['fix one `static readonly revises` so that the chain has a beginning'],
  ),
  'two-heads': entry<{ heads: string[]; rebuilt: { name: string; paths: string[] } | undefined }>(
    'refused',
    (f) =>
      `The history has ${f.heads.length} heads, so "head" is ambiguous. Nothing was run.${list(f.heads)}${f.rebuilt ? `\n${f.rebuilt.name} replaces revisions whose files are still here (${f.rebuilt.paths.length}): a rebuild was interrupted half-way, or a merge has brought them back.` : ''}`,
    (f) =>
      f.rebuilt
        ? [
            `${typed('rebuild')}: it finishes what was interrupted, or undoes it and begins anew where a file has changed since`,
            `if none was interrupted, take the files away that are replaced: git rm '${f.rebuilt.paths[0] ?? ''}'${f.rebuilt.paths.length > 1 ? ' …' : ''}`,
          ]
        : [
            `let one follow the other: in ${f.heads.at(-1) ?? ''}, set \`static readonly revises = '${f.heads[0] ?? ''}'\``,
            typed('history'),
          ],
  ),
  'revision-broken': entry<{ name: string; place: string; detail: string }>(
    'refused',
    (f) => `${f.name} cannot be loaded: ${f.detail.replace(/\.+$/, '')}. Nothing was run.\n  ${f.place}`,
    (f) => [`fix ${f.place}, then type the same command again`],
  ),
  'unknown-target': entry<{ target: string; nearest: string[]; replacedBy?: string | undefined }>(
    'usage',
    (f) =>
      f.replacedBy
        ? `The revision "${f.target}" is gone: ${f.replacedBy} stands in its place. Nothing was run.`
        : `There is no revision "${f.target}". Nothing was run.${f.nearest.length ? ` The nearest names are:${list(f.nearest)}` : ''}`,
    (f) => (f.replacedBy ? [typed(`show ${f.replacedBy}`), typed('history')] : [typed('history')]),
  ),
  'ambiguous-target': entry<{ target: string; matching: string[] }>(
    'usage',
    (f) => `"${f.target}" could mean ${f.matching.length} revisions. Nothing was run.${list(f.matching)}`,
    () => ['type more of the name'],
  ),
  'wrong-direction': entry<{ command: 'up' | 'down'; target: string }>(
    'usage',
    (f) => `"${f.command} ${f.target}" goes the other way. Nothing was run.`,
    (f) => [typed(`${f.command === 'up' ? 'down' : 'up'} ${f.target}`)],
  ),
  'target-not-applied': entry<{ target: string }>(
    'usage',
    (f) => `${f.target} is not applied to this database, so there is no way down to it. Nothing was run.`,
    () => [typed('current')],
  ),
  'revision-changed-meanwhile': entry<{ name: string; path: string }>(
    'refused',
    (f) => `${f.name} was changed while this command read the history. Nothing of it was run.\n  ${f.path}`,
    () => ['type the same command again'],
  ),
  'revision-unverified': entry<{
    found: { name: string; path: string; stage: string; differences: string[] }[];
    settled: string[];
  }>(
    'differs',
    (f) =>
      [
        ...f.found.map((one) => `${one.name}: ${one.stage}.${list(one.differences)}\n  ${one.path}`),
        ...f.settled.map((name) => `${name} is in \`wrongDowns\`, and no revision whose down is wrong is called so.`),
      ].join('\n'),
    (f) => {
      const names = f.found.map(({ name }) => `'${name}'`).join(', ');
      return [
        ...(f.found.length > 0
          ? [
              `mend its down, also where it is applied already: ${f.found.length === 1 ? f.found[0]?.path : 'each in its file'}`,
              `or, for what was so before nx-mikro-orm, in migrations.config.ts: wrongDowns: [${names}]`,
            ]
          : []),
        ...(f.settled.length > 0
          ? [`take out of \`wrongDowns\` in migrations.config.ts: ${f.settled.join(', ')}`]
          : []),
      ];
    },
  ),
} as const;
