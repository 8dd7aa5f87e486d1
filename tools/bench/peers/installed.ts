import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

let failed: string | undefined;

/** The file of a package in peers/package.json. Installs them all, from their lock file, the first time. */
export function installed(file: string): string {
  return join(import.meta.dirname, 'node_modules', file);
}

/** Undefined when the file is there, or came with `npm ci`. */
export function missingPackage(file: string): string | undefined {
  if (existsSync(installed(file))) return undefined;
  if (failed === undefined) {
    try {
      const flags = ['--ignore-scripts', '--no-audit', '--no-fund'];
      execFileSync('npm', ['ci', '--prefix', import.meta.dirname, ...flags], { stdio: ['ignore', 'ignore', 'pipe'] });
      failed = '';
    } catch (error) {
      failed = (error as Error).message.split('\n')[0] ?? 'npm ci failed';
    }
  }
  return existsSync(installed(file)) ? undefined : `could not be installed: ${failed || `${file} is not there`}`;
}
