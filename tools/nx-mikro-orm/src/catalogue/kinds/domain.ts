import type { Item, Privilege } from '../item.ts';
import { defineKind, type AlterStep } from './kind.ts';
import { literal, nameOf, privilegeLines, quoted, typeName } from './naming.ts';
import { before, comment, flag, object, privilegesOn, userMade, userSchema } from './reading.ts';

interface DomainConstraint {
  name: string;
  /** `CHECK (…)`. */
  text: string;
  'not valid'?: true;
  comment?: string;
}

export interface DomainFacts {
  type: string;
  collation?: string;
  'not null'?: true;
  default?: string;
  constraints?: DomainConstraint[];
  privileges?: Privilege[];
}

const textOf = ({ name, text, ...one }: DomainConstraint): string =>
  `constraint ${quoted(name)} ${text}${one['not valid'] ? ' not valid' : ''}`;

/** Domains with their constraints. */
export const domain = defineKind<DomainFacts>({
  order: 70,
  catalogue: 'pg_type',
  among: `typtype = 'd'`,
  schema: 'n.nspname',
  name: 't.typname',
  oid: 't.oid',
  from: 'pg_type t join pg_namespace n on n.oid = t.typnamespace',
  joins: () => 'left join pg_type base on base.oid = t.typbasetype',
  where: `${userSchema('n.nspname')} and ${userMade('pg_type', 't.oid')} and t.typtype = 'd'`,
  facts: () => ({
    type: 'format_type(t.typbasetype, t.typtypmod)',
    collation: 'case when t.typcollation <> base.typcollation then t.typcollation::regcollation::text end',
    'not null': flag('t.typnotnull'),
    default: 'coalesce(pg_get_expr(t.typdefaultbin, 0), quote_literal(t.typdefault))',
    constraints: `(select json_agg(${object({
      name: 'k.conname',
      text: `case when k.convalidated then pg_get_constraintdef(k.oid) else ${before('pg_get_constraintdef(k.oid)', `' NOT VALID'`)} end`,
      'not valid': flag('not k.convalidated'),
      comment: comment('pg_constraint', 'k.oid'),
    })} order by k.conname collate "C") from pg_constraint k where k.contypid = t.oid and k.contype = 'c')`,
    privileges: privilegesOn('T', 't.typacl', 't.typowner'),
  }),
  print: ({ type, collation, default: value, constraints = [], privileges, ...facts }) => [
    [type, collation && `collate ${collation}`, facts['not null'] && 'not null', value && `default ${value}`]
      .filter(Boolean)
      .join(' '),
    ...constraints.map((one) => textOf(one) + (one.comment === undefined ? '' : ` comment ${one.comment}`)),
    ...privilegeLines(privileges),
  ],
  named: ({ schema, name }) => nameOf(schema, name),
  grantedOn: ({ schema, name }) => `domain ${nameOf(schema, name)}`,
  make: (item) => {
    const { type, collation, default: value, constraints = [], ...facts } = item.facts;
    const valid = constraints.filter((one) => !one['not valid']);
    const create = [
      `create domain ${nameOf(item.schema, item.name)} as ${typeName(type)}`,
      collation && `collate ${collation}`,
      value && `default ${value}`,
      facts['not null'] && 'not null',
      ...valid.map(textOf),
    ];
    return {
      create: [create.filter(Boolean).join(' ')],
      rank: -2,
      after: [
        ...constraints.filter((one) => one['not valid']).map((one) => add(item, one)),
        ...constraints.filter((one) => one.comment !== undefined).map((one) => commentOn(item, one)),
      ],
    };
  },
  alter: ({ from, to, changed }) => {
    if (changed.has('type') || changed.has('collation')) return undefined;
    const head = `alter domain ${nameOf(to.schema, to.name)}`;
    const steps: AlterStep[] = [];
    if (changed.has('default'))
      steps.push({
        sql: `${head} ${to.facts.default === undefined ? 'drop default' : `set default ${to.facts.default}`}`,
      });
    if (changed.has('not null')) steps.push({ sql: `${head} ${to.facts['not null'] ? 'set' : 'drop'} not null` });
    return [...steps, ...(changed.has('constraints') ? constraintSteps(from, to, head) : [])];
  },
  rename: ({ schema, name }, to) => `alter domain ${nameOf(schema, name)} rename to ${quoted(to)}`,
  sql: ['default', 'constraints'],
});

type Domain = Item<DomainFacts>;

const add = ({ schema, name }: Domain, one: DomainConstraint): AlterStep => ({
  sql: `alter domain ${nameOf(schema, name)} add ${textOf(one)}`,
});

const commentOn = ({ schema, name }: Domain, one: DomainConstraint): AlterStep => ({
  sql: `comment on constraint ${quoted(one.name)} on domain ${nameOf(schema, name)} is ${one.comment === undefined ? 'null' : literal(one.comment)}`,
  phase: 'attach',
});

/** Whether a constraint can stay as it is, or only has to be validated. */
const stays = (old: DomainConstraint | undefined, next: DomainConstraint | undefined): boolean =>
  old !== undefined &&
  next !== undefined &&
  next.text === old.text &&
  (!next['not valid'] || old['not valid'] === true);

function constraintSteps(from: Domain, to: Domain, head: string): AlterStep[] {
  const byName = ({ facts }: Domain) => new Map(facts.constraints?.map((one) => [one.name, one]));
  const [was, is] = [byName(from), byName(to)];
  const gone = [...was].filter(([name, old]) => !stays(old, is.get(name)));
  return [
    ...gone.map(([name]): AlterStep => ({ sql: `${head} drop constraint ${quoted(name)}`, phase: 'away' })),
    ...[...is.values()].flatMap((one) => constraintStep(to, was.get(one.name), one, head)),
  ];
}

function constraintStep(
  to: Domain,
  old: DomainConstraint | undefined,
  one: DomainConstraint,
  head: string,
): AlterStep[] {
  const kept = stays(old, one) ? old : undefined;
  const steps: AlterStep[] = [];
  if (!kept) steps.push({ ...add(to, one), phase: 'tighten' });
  else if (kept['not valid'] && !one['not valid'])
    steps.push({ sql: `${head} validate constraint ${quoted(one.name)}`, phase: 'tighten' });
  return kept?.comment === one.comment ? steps : [...steps, commentOn(to, one)];
}
