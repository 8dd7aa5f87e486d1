import type { Statement } from '../../sql/parse.ts';
import type { RuleRemark } from '../finding.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  code: 'session-setting',
  class: 'tx_control',
  severity: 'warning',
  danger: 'It outlives the transaction: whoever is given the same connection next works under it.',
  instead: 'write `set local`, which ends with the transaction',
  bad: ['set statement_timeout = 0', 'set search_path = sales', { sql: 'set search_path = sales', autocommit: true }],
  good: ["set local statement_timeout = '5s'", { sql: "set lock_timeout = '5s'", autocommit: true }],
  check: ({ statement, inner, autocommit }) => [statement, ...inner.statements].flatMap((one) => kept(one, autocommit)),
});

function kept({ type, node, text }: Statement, autocommit: boolean): RuleRemark[] {
  if (type === 'SelectStmt') {
    const [, name = ''] = /\bset_config\s*\(\s*'([^']+)'\s*,[^()]*,\s*(?:false|'f'|'false')\s*\)/i.exec(text) ?? [];
    return name && !autocommit ? [{ message: `${name} stays set after the transaction` }] : [];
  }
  if (type !== 'VariableSetStmt' || node.is_local || node.kind === 'VAR_RESET' || node.kind === 'VAR_RESET_ALL')
    return [];
  const name = node.name ?? '';
  if (name === 'TRANSACTION') return [];
  // Outside of a transaction there is no other form; what decides where things land is told all the same.
  if (autocommit && !['search_path', 'role', 'session_authorization'].includes(name)) return [];
  return [
    {
      message: `${name.replace('SESSION CHARACTERISTICS', 'the default of transactions')} stays set after the transaction`,
    },
  ];
}
