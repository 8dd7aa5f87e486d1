import { relative } from 'node:path';
import { typed } from '../../errors.ts';
import { counted } from '../../text/count.ts';
import { aligned } from '../../text/table.ts';
import type { Setup } from '../../init/init.ts';
import { command } from './command.ts';

export default command({
  summary: 'Set this engine up in a project of MikroORM: find what is there, and write the few lines that it needs',
  touches: 'files',
  changes: 'files',
  starts: true,
  options: {
    'dry-run': { type: 'boolean', help: 'Show what would be written, and write nothing' },
    undo: { type: 'boolean', help: 'Take back what init has written: each file as it was before' },
  },
  examples: ['init --dry-run', 'init', 'init --undo'],
  run: async ({ folder = process.cwd(), options }) => {
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
    const setup = await planSetup(folder);
    if (!dryRun) writeSetup(setup);
    const { edits, byHand, refused } = setup;
    return {
      json: { ...jsonOf(setup, shown), dryRun },
      exit: refused.length > 0 || byHand ? 'differs' : 'ok',
      lines: [
        ...aligned(foundRows(setup, shown)),
        '',
        ...edits.flatMap(({ file, text }) => [
          `${dryRun ? 'would write' : 'written'}  ${shown(file)}`,
          ...(dryRun && file.endsWith('migrations.config.ts')
            ? text
                .trimEnd()
                .split('\n')
                .map((line) => `  | ${line}`)
            : []),
        ]),
        ...(edits.length === 0 ? ['Nothing to write: it is set up.'] : []),
        ...(byHand
          ? [
              `by hand  ${shown(byHand.file)}, which cannot be edited safely:`,
              ...byHand.lines.map((line) => `  | ${line}`),
            ]
          : []),
        ...refused.map(({ option, why }) => `to remove  ${option} of the MikroORM configuration: ${why}`),
        '',
        ...nextLines(setup, dryRun),
      ],
    };
  },
});

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
