/** Row level security policies that are altered in place: no moment is without them. */
import type { Item } from '../../catalogue/index.ts';
import { nameOf, quoted } from './names.ts';

/** `permissive for all to PUBLIC`, and the conditions, of which there may be none. */
const form = /^(\S+ for \S+) to (.*?)(?:\nusing (.*?))?(?:\nwith check (.*?))?(?:\ncomment .*)?$/s;

/** Undefined where the command or the sort of policy is another, or where a condition comes or goes. */
export function alterPolicy(from: Item, to: Item): string | undefined {
  const [was, is] = [form.exec(from.definition), form.exec(to.definition)];
  if (!was || !is || was[1] !== is[1] || (was[3] === undefined) !== (is[3] === undefined)) return undefined;
  if ((was[4] === undefined) !== (is[4] === undefined)) return undefined;
  const parts = [
    was[2] === is[2] ? '' : ` to ${is[2]}`,
    was[3] === is[3] ? '' : ` using (${is[3]})`,
    was[4] === is[4] ? '' : ` with check (${is[4]})`,
  ];
  const changes = parts.join('');
  return changes === ''
    ? undefined
    : `alter policy ${quoted(to.name)} on ${nameOf(to.schema, to.table ?? '')}${changes}`;
}
