/** Privileges, which no model says anything of. */
import type { Catalogue } from '../catalogue/index.ts';

const form = /^(?:sequence )?(?:grant|revoke) [A-Z, ]+ (?:to|from) /;

/** Whether a line of a definition is about privileges. */
export const isGrant = (line: string): boolean => form.test(line);

/** Privileges are the last lines of a definition, but for a comment; of a column's sequence, they stand behind it. */
const withoutGrants = (definition: string): string =>
  definition
    .split('\n')
    .filter((line) => !isGrant(line))
    .join('\n');

/**
 * What was made anew on scratch, and is there already, has the privileges that it has there, not the default ones of today:
 * `alter default privileges` is about what comes.
 */
export function withPrivilegesOf(present: Catalogue, wanted: Catalogue): Catalogue {
  return new Map(
    [...wanted].map(([key, item]) => {
      const there = present.get(key);
      return [key, there ? { ...item, definition: withGrantsOf(there.definition, item.definition) } : item];
    }),
  );
}

function withGrantsOf(present: string, wanted: string): string {
  const bare = withoutGrants(wanted);
  if (bare === withoutGrants(present)) return present;
  const grants = present.split('\n').filter(isGrant);
  if (grants.length === 0) return bare;
  const lines = bare === '' ? [] : bare.split('\n');
  const ofSequence = lines.findLastIndex((one, at) => at === 0 || /^sequence (?!comment )/.test(one)) + 1;
  lines.splice(ofSequence, 0, ...grants.filter((one) => one.startsWith('sequence ')));
  const comment = lines.findLastIndex((one) => /^comment  ?E?'/.test(one));
  lines.splice(comment < 0 ? lines.length : comment, 0, ...grants.filter((one) => !one.startsWith('sequence ')));
  return lines.join('\n');
}
