import { loadProject } from '../../config.ts';
import { problem } from '../../errors.ts';
import { readHistory } from '../../run/standing/standing.ts';
import { command } from './command.ts';

export default command({
  summary: 'Print what lets bash, zsh or fish complete commands, options and revisions at the Tab key',
  touches: 'files',
  changes: 'nothing',
  starts: true,
  argument: { name: 'shell', help: 'bash, zsh or fish; "revisions" prints the words that one of them asks for' },
  options: {},
  examples: ['completion bash', 'completion fish'],
  run: async ({ folder = process.cwd(), args: [shell, second], table = () => Promise.resolve({}) }) => {
    const { shells } = await import('../completion/index.ts');
    if (shell === 'revisions') {
      const words = await revisionsAt(folder);
      return { json: { words }, lines: words };
    }
    const write = shells[shell ?? ''];
    if (!write || second !== undefined)
      throw problem('bad-option', {
        command: 'completion',
        detail: `Name one shell: ${Object.keys(shells).join(', ')}.`,
      });
    const { commandWords } = await import('../completion/words.ts');
    const script = write(commandWords(await table()));
    return { json: { script }, lines: script.trimEnd().split('\n') };
  },
});

/** What stands for a revision, the newest first. Nothing where no history can be read: whoever presses Tab is told nothing. */
async function revisionsAt(folder: string): Promise<string[]> {
  try {
    const project = await loadProject({ from: folder });
    return [
      'head',
      'base',
      ...readHistory(project)
        .order.map(({ name }) => name)
        .toReversed(),
    ];
  } catch {
    return [];
  }
}
