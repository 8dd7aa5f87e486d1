import { relative } from 'node:path';
import { typed } from '../../errors.ts';
import { counted } from '../../text/count.ts';
import { aligned } from '../../text/table.ts';
import type { From } from '../../init/from.ts';
import type { Setup } from '../../init/init.ts';
import { command } from './command.ts';

export default command({
  summary: 'Set this engine up in a project of MikroORM: find what is there, and write the few lines that it needs',
  touches: 'files',
  changes: 'files',
  starts: true,
  options: {
    'dry-run': { type: 'boolean', help: 'Show what would be written, and write nothing' },
    from: { type: 'string', help: 'Go on from another tool: typeorm, prisma, drizzle, knex, flyway or alembic' },
    'from-table': { type: 'string', help: 'Its table, where that has another name than usual' },
    'from-folder': { type: 'string', help: 'The folder of its files, where that is not a usual one' },
    'accept-lost': { type: 'boolean', help: 'With --from: go on without what no statement can make again' },
    undo: { type: 'boolean', help: 'Take back what init has written: each file as it was before' },
  },
  examples: ['init --dry-run', 'init', 'init --from prisma', 'init --undo'],
  run: async ({ folder = process.cwd(), options, report }) => {
    const { planSetup, undoSetup, writeSetup } = await import('../../init/init.ts');
    const dryRun = options['dry-run'];
    const shown = (file: string) => relative(folder, file);
    if (options.undo) {
      const files = undoSetup(folder, { dryRun }).map(shown);
      return {
        json: { undone: files, dryRun },
        lines: files.map((file) => `${dryRun ? 'would be as before' : 'as before'}  ${file}`),
      };
    }
    const { from: tool, 'from-table': table, 'from-folder': theirFolder, 'accept-lost': acceptLost } = options;
    const onStage = (what: string) => report.progress(what);
    if (tool !== undefined) {
      const { setUpFrom } = await import('../../init/from.ts');
      const from = await setUpFrom(folder, { tool, table, folder: theirFolder, acceptLost, dryRun, onStage });
      const { setup } = from;
      return {
        json: { ...jsonOf(setup, shown), from: fromJson(from, shown), dryRun },
        exit: exitOf(setup),
        lines: [
          ...setupLines(setup, shown, dryRun),
          ...fromLines(from, shown),
          '',
          ...(dryRun
            ? [`Next: ${typed('init')} --from ${tool}`]
            : [`Next: ${typed('status')}`, `      ${typed('check')}`]),
        ],
      };
    }
    const setup = await planSetup(folder);
    if (!dryRun) writeSetup(setup);
    return {
      json: { ...jsonOf(setup, shown), dryRun },
      exit: exitOf(setup),
      lines: [...setupLines(setup, shown, dryRun), '', ...nextLines(setup, dryRun)],
    };
  },
});

/** Whether something is left for a person to do. */
const exitOf = ({ refused, byHand }: Setup) => (refused.length > 0 || byHand ? 'differs' : 'ok');

/** What was found, and what was written or would be. */
function setupLines(setup: Setup, shown: (file: string) => string, dryRun: boolean): string[] {
  const { edits, byHand, refused } = setup;
  const contentOf = ({ file, text }: Setup['edits'][number]) =>
    dryRun && file.endsWith('migrations.config.ts') ? text.trimEnd().split('\n') : [];
  return [
    ...aligned(foundRows(setup, shown)),
    '',
    ...edits.flatMap((edit) => [
      `${dryRun ? 'would write' : 'written'}  ${shown(edit.file)}`,
      ...contentOf(edit).map((line) => `  | ${line}`),
    ]),
    ...(edits.length === 0 ? ['Nothing to write: it is set up.'] : []),
    ...(byHand
      ? [`by hand  ${shown(byHand.file)}, which cannot be edited safely:`, ...byHand.lines.map((line) => `  | ${line}`)]
      : []),
    ...refused.map(({ option, why }) => `to remove  ${option} of the MikroORM configuration: ${why}`),
  ];
}

function foundRows({ found }: Setup, shown: (file: string) => string): string[][] {
  const { ormConfig, entities, revisions, migrations, manager, modules, nx, table } = found;
  return [
    ['MikroORM', shown(ormConfig.loaded)],
    ['entities', `${entities}`],
    ['migrations', `${counted(migrations, 'file')} in ${shown(revisions)}`],
    ...(table === undefined ? [] : [['ledger', table]]),
    ['package', `${manager}, ${modules ? 'modules' : 'CommonJS'}${nx ? ', Nx' : ''}`],
  ];
}

const jsonOf = ({ found, edits, byHand, refused }: Setup, shown: (file: string) => string) => ({
  found: {
    config: shown(found.ormConfig.loaded),
    entities: found.entities,
    revisions: shown(found.revisions),
    migrations: found.migrations,
    table: found.table ?? null,
    manager: found.manager,
    modules: found.modules,
    nx: found.nx,
  },
  written: edits.map(({ file }) => shown(file)),
  byHand: byHand ? { file: shown(byHand.file), lines: byHand.lines } : null,
  refused,
});

const fromJson = ({ theirs, baseline }: From, shown: (file: string) => string) => ({
  tool: theirs.tool,
  table: theirs.table,
  applied: theirs.applied,
  folder: theirs.folder === undefined ? null : shown(theirs.folder),
  ignored: theirs.ignore,
  baseline: baseline ? { name: baseline.name, lost: baseline.lost, careful: baseline.careful } : null,
});

function fromLines({ theirs, baseline }: From, shown: (file: string) => string): string[] {
  const { tool, table, applied, ignore, folder } = theirs;
  const newest = applied.at(-1);
  return [
    '',
    `${tool}  ${counted(applied.length, 'row')} in ${table}${newest === undefined ? '' : `, the last is ${newest}`}`,
    folder === undefined
      ? `${tool}  no files of it were found, so whether some are pending was not looked at: --from-folder names them`
      : `${tool}  nothing is pending in ${shown(folder)}`,
    `left alone  ${ignore.join(', ')}: in \`ignore\`, neither compared nor written nor dropped`,
    ...(baseline
      ? [
          `created   ${shown(baseline.path)}`,
          ...baseline.careful.map((line) => `warning   ${line}`),
          ...baseline.lost.map((line) => `lost      ${line}`),
          `proof     on scratch: up gives what is in ${baseline.target.shown}, down an empty database, up again the same`,
          `recorded  in ${baseline.target.shown}; no row of ${tool}'s was changed`,
        ]
      : []),
  ];
}

/** What to type next, in the order in which it helps. */
const nextLines = ({ found }: Setup, dryRun: boolean): string[] =>
  dryRun
    ? [`Next: ${typed('init')}`]
    : found.migrations === 0
      ? [`Next: ${typed('create')} -m "Begin"`]
      : [
          `Next: ${typed('doctor')}`,
          `      ${typed('status')}`,
          `      ${typed('verify')}`,
          `      ${typed('create')} --keep '*' -m "Leave alone what no model describes"`,
        ];
