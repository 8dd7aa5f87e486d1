import {
  DatabaseSchema,
  SchemaComparator,
  type DatabaseTable,
  type SchemaDifference,
  type SqlSchemaGenerator,
} from '@mikro-orm/sql';
import { keyOf, type Kind } from '../catalogue/index.ts';
import type { OrmSession } from '../orm.ts';
import { decide } from './decisions.ts';
import type { Decision } from './questions/question.ts';
import type { Given } from './questions/settle.ts';

/** The statements that take the history's schema to the models', and back. */
export interface Statements {
  up: string[];
  down: string[];
}

/**
 * Asks MikroORM's comparator for the statements between what `session` is connected to and the models.
 *
 * Only tables of `changed` are considered: the comparator also sees differences in spelling that the server does not
 * (7.2.1: `between`, casts, `now() + interval`). What was made by hand is left out of its sight, or it would drop it.
 */
export async function differenceFromModels(
  session: OrmSession,
  options: {
    byHand: ReadonlySet<string>;
    changed: (schema: string, name: string) => boolean;
    given: Given | 'none';
  },
): Promise<Statements & { decisions: Decision[] }> {
  const { orm } = session;
  const generator = orm.schema;
  const platform = orm.em.getPlatform() as never;
  const to = generator.getTargetSchema();
  const read = async () => withoutHandmade(await readSchema(session), to, options.byHand);
  const comparator = new SchemaComparator(platform);

  const up = comparator.compare(await read(), to);
  keepChanged(up, options.changed);
  const decisions = options.given === 'none' ? [] : await decide(up, options.given);
  // `diffToSQL` takes the difference apart, so the way back is computed before it. The third argument makes it
  // follow the renames of the way there.
  const down = comparator.compare(to, await read(), up);
  keepChanged(down, options.changed);
  return { up: statementsOf(generator, up), down: statementsOf(generator, down), decisions };
}

async function readSchema({ orm }: OrmSession): Promise<DatabaseSchema> {
  const connection = orm.em.getConnection() as never;
  const platform = orm.em.getPlatform() as never;
  const { skipTables, skipViews } = orm.config.get('schemaGenerator');
  const schema = await DatabaseSchema.create(
    connection,
    platform,
    orm.config,
    undefined,
    undefined,
    undefined,
    skipTables,
    skipViews,
  );
  await schema.loadRoutines(connection, platform, schema.getNamespaces());
  return schema;
}

/** Takes out of an introspected schema what revisions written by hand made and no model describes. */
function withoutHandmade(from: DatabaseSchema, to: DatabaseSchema, byHand: ReadonlySet<string>): DatabaseSchema {
  const schemaOf = (item: { schema?: string | undefined }) => item.schema ?? 'public';
  const foreign = (kind: Kind, item: { schema?: string | undefined; name: string }) =>
    byHand.has(keyOf(kind, [schemaOf(item), item.name]));
  const inModels = (table: DatabaseTable) =>
    to.getTables().find((other) => other.name === table.name && schemaOf(other) === schemaOf(table));

  from.setTables(from.getTables().filter((table) => inModels(table) ?? !foreign('table', table)));
  for (const table of from.getTables()) {
    const model = inModels(table);
    const stays = (kinds: Kind[], name: string, isKnown: boolean | undefined) =>
      Boolean(isKnown) || !kinds.some((kind) => byHand.has(keyOf(kind, [schemaOf(table), table.name, name])));
    for (const { name } of [...table.getColumns()])
      if (!stays(['column'], name, model?.hasColumn(name))) table.removeColumn(name);
    table.setIndexes(
      table.getIndexes().filter(({ keyName }) => stays(['index', 'constraint'], keyName, model?.hasIndex(keyName))),
    );
    table.setChecks(table.getChecks().filter(({ name }) => stays(['constraint'], name, model?.hasCheck(name))));
    table.setTriggers(table.getTriggers().filter(({ name }) => stays(['trigger'], name, model?.hasTrigger(name))));
    table.setPolicies(table.getPolicies().filter(({ name }) => stays(['policy'], name, model?.hasPolicy(name))));
    const known = new Set(Object.values(model?.getForeignKeys() ?? {}).map(({ constraintName }) => constraintName));
    table.setForeignKeys(
      Object.fromEntries(
        Object.entries(table.getForeignKeys()).filter(([, { constraintName }]) =>
          stays(['constraint'], constraintName, known.has(constraintName)),
        ),
      ),
    );
  }
  const modelViews = new Set(to.getViews().map(({ name }) => name));
  from.setViews(
    from
      .getViews()
      .filter((view) => modelViews.has(view.name) || !(foreign('view', view) || foreign('materialized view', view))),
  );
  const modelEnums = to.getNativeEnums();
  from.setNativeEnums(
    Object.fromEntries(
      Object.entries(from.getNativeEnums()).filter(([key, item]) => modelEnums[key] || !foreign('type', item)),
    ),
  );
  return from;
}

/** Drops from a difference the tables that are alike in the server's eyes, and what is never done to a schema of others. */
function keepChanged(difference: SchemaDifference, changed: (schema: string, name: string) => boolean): void {
  for (const [key, { toTable }] of Object.entries(difference.changedTables))
    if (!changed(toTable.schema ?? 'public', toTable.name)) delete difference.changedTables[key];
  difference.removedNamespaces.clear();
}

/** MikroORM's statements as it made them, before it joins them into one text that cannot be split again safely. */
function statementsOf(generator: SqlSchemaGenerator, difference: SchemaDifference): string[] {
  let statements: string[] = [];
  const capturing = Object.create(generator, {
    wrapSchema: {
      value: (sql: string | string[]) => {
        statements = [sql].flat();
        return '';
      },
    },
  }) as SqlSchemaGenerator;
  capturing.diffToSQL(difference, { wrap: false, safe: false, dropTables: true });
  return statements.map((sql) => strict(sql.trim()).replace(/;$/, '')).filter((sql) => sql !== '');
}

/**
 * `drop … cascade` takes along what nobody looked at, and `if exists` hides that the schema is not what it should be;
 * without them, PostgreSQL says what is in the way.
 */
const strict = (sql: string): string =>
  /^drop (table|view|materialized view|type)\b/.test(sql)
    ? sql.replace(/ cascade;?$/, '').replace(/^(drop [a-z ]+?) if exists /, '$1 ')
    : sql;
