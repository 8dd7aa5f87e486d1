import { escapeIdentifier } from 'pg';
import { defineRule } from '../rule.ts';
import type { RuleRemark } from '../finding.ts';
import {
  asWholes,
  came,
  isManipulation,
  isPartOfWhole,
  isUsed,
  firstNames,
  madeAnew,
  shownRelation,
  columnsNowRequired,
  scannedTables,
  type Seen,
} from '../seen.ts';
import { alterCommands } from '../../sql/kind.ts';

export default defineRule({
  code: 'fails-on-rows',
  class: 'data_dependent_failure',
  severity: 'warning',
  danger:
    'It fails where rows do not allow it: a null, a repeated value, a reference to nothing, a value that does not fit.',
  instead: 'run the query of the message on the target before, and fix what it finds',
  bad: [
    'alter table teacher add column code text not null',
    'alter table teacher add constraint teacher_name_key unique (name)',
    'alter table payment alter column note type integer using note::integer',
  ],
  good: [
    "alter table teacher add column code text not null default ''",
    'alter table teacher validate constraint teacher_bio_present',
  ],
  check: (seen) => {
    if (seen.failure || isManipulation(seen.statement)) return [];
    return [
      ...newColumns(seen),
      ...newConstraints(seen),
      ...ofDomains(seen),
      ...uniqueIndexes(seen),
      ...newNotNull(seen),
      ...casts(seen),
      ...bounds(seen),
    ];
  },
});

const quoted = escapeIdentifier;
const columnsText = (columns: readonly string[]): string => columns.map(quoted).join(', ');

function newColumns(seen: Seen): RuleRemark[] {
  return columnsNowRequired(seen).map(({ table, name }) => {
    const relation = shownRelation(seen, table);
    return {
      relation,
      severity: 'error' as const,
      message: `it fails as soon as ${relation} has a row: ${name} is null in it`,
      instead: 'add it without NOT NULL or with a default, fill it, then make it NOT NULL',
    };
  });
}

/** Constraints that have to hold for the rows that are there. */
function newConstraints(seen: Seen): RuleRemark[] {
  const { before, after } = seen;
  return came(before.constraints, after.constraints).flatMap((one) => {
    const { table, type, columns, isValid, text, name } = one;
    if (table === null || !isUsed(seen, table) || !isValid) return [];
    // A new column is empty, or has what its default says.
    if (columns.some((column) => isNew(seen, table, column)) && type !== 'u' && type !== 'p') return [];
    const index = [...after.relations.values()].find((one) => one.table === table && one.name === name);
    if (index && [...before.relations.keys()].includes(index.id)) return [];
    if (madeAnew(before, one) || isPartOfWhole(seen, table)) return [];
    // A check that nobody looked at the rows for holds for all of them.
    if ('cf'.includes(type) && !asWholes(seen, scannedTables(seen)).includes(table)) return [];
    const relation = shownRelation(seen, table);
    const message = `it fails where rows of ${relation} do not meet ${text}; to be found by: ${queryFor(relation, type, columns, text)}`;
    return [{ relation, message, ...('pu'.includes(type) && { decidedBy: { of: 'repeats' as const, columns } }) }];
  });
}

/** Every column of a domain is looked at. */
function ofDomains(seen: Seen): RuleRemark[] {
  const tables = scannedTables(seen).map((id) => shownRelation(seen, id));
  if (tables.length === 0) return [];
  return came(seen.before.constraints, seen.after.constraints)
    .filter(({ domain, isValid }) => domain !== null && seen.base.types.has(domain) && isValid)
    .map(({ text }) => ({
      relation: firstNames(tables),
      message: `it fails where a value in ${firstNames(tables)} does not meet ${text}`,
    }));
}

/** Rows of a table that becomes a partition must lie within its bounds, and rows of the default partition outside of them. */
function bounds(seen: Seen): RuleRemark[] {
  const { before, after } = seen;
  const attached = [...after.relations.values()].filter(
    ({ id, kind, parent }) =>
      'rp'.includes(kind) && parent !== null && before.relations.has(id) && before.relations.get(id)?.parent === null,
  );
  if (attached.length === 0) return [];
  return scannedTables(seen).map((id) => {
    const relation = shownRelation(seen, id);
    const isNew = attached.some((one) => one.id === id);
    return {
      relation,
      message: `it fails where a row of ${relation} lies ${isNew ? 'outside of' : 'within'} the bounds of the new partition`,
    };
  });
}

const isNew = ({ before }: Seen, table: string, column: string): boolean =>
  ![...before.columns.values()].some((one) => one.table === table && one.name === column);

function queryFor(relation: string, type: string, columns: readonly string[], text: string): string {
  const all = columnsText(columns);
  if (type === 'c')
    return `select * from ${relation} where not ${text.replace(/^CHECK /, '').replace(/ NO INHERIT$/, '')}`;
  if (type === 'f') return `select ${all} from ${relation} where not exists (select from … the referenced row)`;
  if (type === 'x') return `select ${all} from ${relation} order by ${all}`;
  return repeated(relation, columns);
}

const repeated = (relation: string, columns: readonly string[]): string =>
  `select ${columnsText(columns)}, count(*) from ${relation} group by ${columnsText(columns)} having count(*) > 1`;

function uniqueIndexes(seen: Seen): RuleRemark[] {
  const { before, after } = seen;
  return came(before.relations, after.relations).flatMap(({ table, isUnique, columns, constraint, kind }) => {
    if (table === null || !isUnique || constraint !== null || !'iI'.includes(kind) || !isUsed(seen, table)) return [];
    // A build beside the traffic harms nobody where it fails. Where even rows that were made to differ repeat values, it will.
    if (seen.isApart && !seen.inTheWay) return [];
    const relation = shownRelation(seen, table);
    return [
      {
        relation,
        message: `it fails where values are repeated; to be found by: ${repeated(relation, columns ?? [])}`,
        decidedBy: { of: 'repeats' as const, columns: columns ?? [] },
      },
    ];
  });
}

function newNotNull(seen: Seen): RuleRemark[] {
  const { before, after, announced } = seen;
  if (announced.proven.length > 0) return [];
  return [...after.columns.values()].flatMap(({ id, table, name, notNull }) => {
    const was = before.columns.get(id);
    if (!was || was.notNull || !notNull || !isUsed(seen, table)) return [];
    if (seen.announced.verified.length === 0) return [];
    const relation = shownRelation(seen, table);
    return [
      {
        relation,
        message: `it fails where ${name} is null; to be found by: select * from ${relation} where ${quoted(name)} is null`,
        decidedBy: { of: 'nulls' as const, columns: [name] },
      },
    ];
  });
}

/** Types whose every value the other one holds; beside these, a value may not fit. */
const widening: Record<string, RegExp> = {
  smallint: /^(integer|bigint|numeric|real|double precision|text|character varying)$/,
  integer: /^(bigint|numeric|double precision|text|character varying)$/,
  bigint: /^(numeric|text|character varying)$/,
  numeric: /^(text|character varying|double precision)$/,
  real: /^(double precision|text|character varying)$/,
  date: /^(timestamp|timestamptz|timestamp with.*|text|character varying)$/,
  json: /^(jsonb|text|character varying)$/,
};

function casts(seen: Seen): RuleRemark[] {
  const { before, after, statement } = seen;
  if (statement.type !== 'AlterTableStmt') return [];
  const changes = alterCommands(statement.node).some(({ subtype }) => subtype === 'AT_AlterColumnType');
  if (!changes) return [];
  return [...after.columns.values()].flatMap(({ id, table, name, type }) => {
    const was = before.columns.get(id);
    if (!was || was.type === type || !isUsed(seen, table) || fits(was.type, type)) return [];
    const relation = shownRelation(seen, table);
    return [{ relation, message: `it fails where a value of ${name} is none of ${type} (it was ${was.type})` }];
  });
}

function fits(from: string, to: string): boolean {
  if (/^(text|character varying)$/.test(to) || (to === 'numeric' && from.startsWith('numeric'))) return true;
  if (/^timestamp/.test(from) && /^timestamp/.test(to)) return true;
  return widthFits(from, to) ?? digitsFit(from, to) ?? widening[from]?.test(to) ?? false;
}

const width = /^character varying\((\d+)\)$/;
const digits = /^numeric\((\d+)(?:,(\d+))?\)$/;

/** Whether a text that is as long as it may be fits; undefined for other types. */
function widthFits(from: string, to: string): boolean | undefined {
  const [old, next] = [width.exec(from)?.[1], width.exec(to)?.[1]];
  return old === undefined || next === undefined ? undefined : Number(next) >= Number(old);
}

/** Whether the digits before the point fit; those behind it are rounded. */
function digitsFit(from: string, to: string): boolean | undefined {
  const [old, next] = [digits.exec(from), digits.exec(to)];
  const before = ([, precision, scale = '0']: RegExpExecArray) => Number(precision) - Number(scale);
  return old && next ? before(next) >= before(old) : undefined;
}
