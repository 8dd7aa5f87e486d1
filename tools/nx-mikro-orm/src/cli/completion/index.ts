import { bashScript } from './bash.ts';
import { fishScript } from './fish.ts';
import type { CommandWord } from './words.ts';
import { zshScript } from './zsh.ts';

/** The script of each shell that completes commands. A new shell is a file here and a line below. */
export const shells: Record<string, (words: readonly CommandWord[]) => string> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};
