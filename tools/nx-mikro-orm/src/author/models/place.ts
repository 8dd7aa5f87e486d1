import type { ModelFile } from './files.ts';

/** What of an entity is looked for: one of its properties, or a text that stands in its definition. */
type Detail = { property: string } | { text: string };

/** Where an entity is defined, as `file:line`: the line of the first detail that its text shows, else its own. */
export type Place = (entity: string, ...details: Detail[]) => string | undefined;

/**
 * Looks places up in the texts of the model files. It searches, and does not parse: what a base class in another file
 * defines is not found there, and the entity's own line has to do.
 */
export function placesIn(files: readonly ModelFile[]): Place {
  return (entity, ...details) => {
    const name = escaped(entity);
    const definition = new RegExp(
      `\\bclass\\s+${name}(?![\\w$])|\\bname\\s*:\\s*(['"\`])${name}\\1|\\b(?:const|let)\\s+${name}(?![\\w$])`,
    );
    for (const { path, text } of files) {
      const start = definition.exec(text)?.index;
      if (start === undefined) continue;
      const at = details.map((detail) => find(text, start, detail)).find((found) => found !== undefined);
      return `${path}:${text.slice(0, at ?? start).split('\n').length}`;
    }
    return undefined;
  };
}

function find(text: string, start: number, detail: Detail): number | undefined {
  // A text stands between quotes of some kind.
  if ('text' in detail) return firstAt(text, start, `(['"\`])${escaped(detail.text)}\\1`);
  return firstAt(text, start, `(?<=[\\s{,;])(['"]?)${escaped(detail.property)}\\1\\s*[!?]?\\s*[:=](?![=>])`);
}

function firstAt(text: string, start: number, pattern: string): number | undefined {
  const found = new RegExp(pattern, 'g');
  found.lastIndex = start;
  return found.exec(text)?.index;
}

const escaped = (name: string): string => name.replace(/[^\w]/g, '\\$&');
