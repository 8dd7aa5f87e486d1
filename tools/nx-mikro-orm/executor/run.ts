import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { ExecutorContext } from '@nx/devkit';
import { main, nxReads } from '../src/cli/cli.ts';

interface RunOptions {
  /** The words after `nx run migrations:<target>`, exactly as typed. */
  __unparsed__?: string[];
}

/**
 * All executors: runs the command that the executor is named after, in this process and without any shell. Nx's own
 * reading of the arguments (which turns 20260101000000 into a number) is ignored: the words as typed are the truth.
 */
export default async function run(options: RunOptions, context: ExecutorContext): Promise<{ success: boolean }> {
  // Nx sets exactly this for every task, so that files and pipes would fill with colours; a person's own `1` stays.
  if (process.env['FORCE_COLOR'] === 'true') delete process.env['FORCE_COLOR'];
  const command = context.target?.executor?.split(':')[1] ?? context.targetName ?? '';
  const project = context.projectsConfigurations.projects[context.projectName ?? '']?.root ?? '.';
  const argv = [command, ...configured(context), ...(options.__unparsed__ ?? [])];
  const code = await main(argv, { projectRoot: join(context.root, project), via: 'nx' });
  await setTimeout(nxReads);
  return { success: code === 0 };
}

/** Options set on the target itself, in package.json or project.json; what is typed comes later, so it wins. */
function configured({ target, configurationName }: ExecutorContext): string[] {
  const chosen = target?.configurations?.[configurationName ?? ''] as object | undefined;
  return Object.entries({ ...(target?.options as object | undefined), ...chosen })
    .filter(([, value]) => value !== false && value !== null && value !== undefined)
    .flatMap(([name, value]) => [value].flat().map((one) => (one === true ? `--${name}` : `--${name}=${String(one)}`)));
}
