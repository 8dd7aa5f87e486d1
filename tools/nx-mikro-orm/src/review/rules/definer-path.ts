import { defineRule } from '../rule.ts';
import { shown } from '../trace/state.ts';

export default defineRule({
  code: 'definer-path',
  class: 'security',
  severity: 'warning',
  danger:
    'A function with its owner’s rights finds tables and operators by the path of whoever calls it, who may put others in front.',
  instead: "add `set search_path = ''` to it, and qualify every name",
  bad: ["create function whoami() returns text language sql security definer as 'select current_user::text'"],
  good: [
    "create function whoami() returns text language sql security definer set search_path = '' as 'select current_user::text'",
  ],
  check: ({ before, after, statement }) =>
    [...after.routines.values()].flatMap((routine) => {
      const was = before.routines.get(routine.id);
      const isNew =
        !was ||
        (statement.type === 'CreateFunctionStmt' &&
          statement.node.replace === true &&
          names(statement.text, routine.name));
      const became = was !== undefined && (!was.isDefiner || was.hasPath);
      if (!routine.isDefiner || routine.hasPath || !(isNew || became)) return [];
      return [{ message: `${shown(routine)} runs with its owner’s rights and with the caller’s search_path` }];
    }),
});

const names = (text: string, name: string): boolean => text.toLowerCase().includes(name.toLowerCase());
