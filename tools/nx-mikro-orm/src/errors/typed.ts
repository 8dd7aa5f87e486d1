let before = 'npx nx-mikro-orm ';

/** Says what stands before a command's name where it is typed in this workspace: `npx nx run migrations:`. */
export const typeCommandsAs = (words: string): void => {
  before = words;
};

/** A command as it is typed in this workspace. */
export const typed = (command: string): string => before + command;
