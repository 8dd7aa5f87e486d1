/** The line of a file that an error's stack points at, from 1: of a syntax error, a failed import, or code that threw. */
export function lineInStack(error: unknown, path: string): number | undefined {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const at = stack.indexOf(path);
  const line = at < 0 ? undefined : /^[^:\n]*:(\d+)/.exec(stack.slice(at + path.length))?.[1];
  return line === undefined ? undefined : Number(line);
}
