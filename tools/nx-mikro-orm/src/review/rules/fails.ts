import { defineRule } from '../rule.ts';
import { sqlstate } from '../../sql/sqlstate.ts';
import type { RuleRemark } from '../finding.ts';
import { isManipulation, shownRelation, columnsNowRequired, type Seen } from '../seen.ts';
import type { Refused } from '../trace/trace.ts';

export default defineRule({
  code: 'fails',
  class: 'invalid',
  severity: 'error',
  danger: 'The server refuses the statement, whatever rows there are.',
  instead: 'correct it; where it names what another file makes, give that as --base',
  bad: ['alter table teacher add column name text', 'create index on nowhere (id)', 'selec 1'],
  good: ['alter table if exists nowhere add column name text'],
  check: (seen) => {
    const { failure, statement, unit, at } = seen;
    if (!failure) return emptyOnly(seen);
    if (isOfScratch(failure) || failure.code === sqlstate.activeSqlTransaction) return [];
    // Whether it finds or repeats a row, only the target knows.
    if (isManipulation(statement) && /^23(503|505|P01)$/.test(failure.code)) return [];
    // What comes after a failure may fail for no other reason.
    const earlier = unit.statements.slice(0, at).some((one) => one.failure && !isOfScratch(one.failure));
    if (earlier && /^42|^3F/.test(failure.code)) return [];
    return [
      {
        message: `it fails: ${failure.message}`,
        ...(failure.position !== undefined && { position: failure.position }),
      },
    ];
  },
});

/** A column that must hold something and has nothing to hold: no table with rows takes it. */
const emptyOnly = (seen: Seen): RuleRemark[] =>
  columnsNowRequired(seen).map(({ table, name }) => {
    const relation = shownRelation(seen, table);
    return {
      relation,
      message: `it fails on every table that is not empty: ${name} has no value for the rows of ${relation}`,
    };
  });

/** What only says something of the server that it was tried on: its rights, its extensions, its files. */
const isOfScratch = ({ code, message }: Refused): boolean =>
  code === '42501' ||
  /^(53|57|58|F0)/.test(code) ||
  /^extension ".*" is not available$/.test(message) ||
  /^(tablespace|role|server|foreign-data wrapper) ".*" does not exist$/.test(message);
