import type { Node } from 'libpg-query';
import { parseStatements, type Statement } from './parse.ts';

/** Settings under which the same statement makes something else, without an error: where, whose, from which values. */
const telling: ReadonlySet<string> = new Set([
  'search_path',
  'role',
  'session_authorization',
  'session_replication_role',
  'timezone',
  'datestyle',
  'intervalstyle',
  'default_tablespace',
  'default_table_access_method',
]);

/** What they are without anybody's doing, and the empty path of a dump, after which every name has its schema. */
const usual: Readonly<Record<string, RegExp>> = {
  search_path: /^(\$user,?)?(public)?$/,
  role: /^none$/,
  session_replication_role: /^origin$/,
  default_tablespace: /^$/,
  default_table_access_method: /^heap$/,
};

/**
 * The settings that a revision of these texts leaves in its session, each with the statement that set it. What is set for the
 * transaction, or set back, is not among them; nor what a text sets that cannot be parsed.
 */
export async function leftSet(texts: readonly string[]): Promise<Map<string, string>> {
  const left = new Map<string, string>();
  for (const text of texts) {
    if (!/\bset\b|\bset_config\b|\breset\b|\bdiscard\b/i.test(text)) continue;
    for (const statement of await parseStatements(text)) {
      const [name, value] = setBy(statement) ?? [];
      if (name === undefined) continue;
      if (name === 'all') left.clear();
      else if (value === undefined || usual[name]?.test(value)) left.delete(name);
      else if (telling.has(name)) left.set(name, statement.text);
    }
  }
  return left;
}

/** A setting and what it is set to for the session; without a value, it is what it was at first. */
function setBy({ type, node, text }: Statement): [name: string, value?: string | undefined] | undefined {
  if (type === 'DiscardStmt') return ['all'];
  if (type === 'SelectStmt') {
    const [, name, value] =
      /\bset_config\s*\(\s*'([^']+)'\s*,\s*'([^']*)'\s*,\s*(?:false|'f'|'false')\s*\)/i.exec(text) ?? [];
    return name === undefined ? undefined : [name.toLowerCase(), value];
  }
  if (type !== 'VariableSetStmt' || node.is_local) return undefined;
  if (node.kind === 'VAR_RESET_ALL') return ['all'];
  const name = node.name?.toLowerCase() ?? '';
  return node.kind === 'VAR_SET_VALUE' ? [name, (node.args ?? []).map(textOf).join(',')] : [name];
}

function textOf(node: Node): string {
  const constant = 'A_Const' in node ? node.A_Const : undefined;
  return constant?.sval?.sval ?? JSON.stringify(node);
}
