import { join } from 'node:path';
import { belongs } from './place.ts';
import { assertHome } from './trust.ts';
import { readIfPresent, replace } from './files.ts';

/** What server.json remembers. */
export interface Memory {
  port: number;
  password: string;
  folder: string;
  major: number;
}

/**
 * What server.json says, unless it is broken or came along with a copy of another project.
 * @throws postgres-folder-foreign
 */
export function recall(home: string): Memory | undefined {
  const text = readIfPresent(join(home, 'server.json'));
  if (text === undefined) return undefined;
  assertHome(home);
  try {
    const memory = JSON.parse(text) as Memory;
    const whole = typeof memory.port === 'number' && typeof memory.password === 'string';
    return whole && belongs(memory.folder, home) ? memory : undefined;
  } catch {
    return undefined;
  }
}

/** Writes server.json unless it says so already. */
export function remember(home: string, memory: Memory): void {
  const file = join(home, 'server.json');
  const text = `${JSON.stringify(memory, null, 2)}\n`;
  if (readIfPresent(file) !== text) replace(file, text);
}
