import type { EntityMetadata, MikroORM } from '@mikro-orm/core';
import type { SchemaReader, TargetTable } from '../../mikro-orm/adapter.ts';
import { mikroOrm } from '../../mikro-orm/mikro-orm.ts';
import { metadataOf } from '../../orm.ts';

/** Something that gets a name in the database. */
export interface ModelName {
  kind:
    | 'schema'
    | 'table'
    | 'view'
    | 'column'
    | 'index'
    | 'unique constraint'
    | 'primary key'
    | 'foreign key'
    | 'check'
    | 'trigger'
    | 'policy'
    | 'enum';
  schema: string;
  /** Of what hangs on one. */
  table: string | undefined;
  name: string;
  /** Whose it is; undefined where that is not known. */
  entity: string | undefined;
  /** The properties that it is about. */
  properties: string[];
}

/** Everything that the models give a name, with the names that MikroORM makes by itself. */
export function namesInModels(orm: MikroORM): ModelName[] {
  const metadata = metadataOf(orm);
  const ownerOf = ownersIn(metadata);
  const target = (orm as unknown as { schema: SchemaReader }).schema.getTargetSchema();
  const named = target.getTables().flatMap((table) => namesOf(table, ownerOf(table)));
  for (const view of mikroOrm.viewsOf(target)) {
    const { meta, property } = ownerOf(view);
    named.push(nameOf('view', view.schema, view.name, meta, property));
  }
  for (const type of Object.values(target.getNativeEnums())) {
    const meta = metadata.find(({ props }) => props.some((prop) => prop.nativeEnumName === type.name));
    const property = meta?.props.find((prop) => prop.nativeEnumName === type.name)?.name;
    named.push(nameOf('enum', type.schema, type.name, meta, property));
  }
  const schemas = new Map(named.map((one) => [one.schema, one]));
  for (const [schema, { entity }] of schemas)
    named.push({ kind: 'schema', schema, table: undefined, name: schema, entity, properties: [] });
  return named;
}

interface Owner {
  meta: EntityMetadata | undefined;
  /** The relation that a table between two entities is for. */
  property?: string;
}

/** Whose a table or view is; a table between two entities belongs to the one that owns the relation. */
function ownersIn(metadata: readonly EntityMetadata[]) {
  const entities = new Map<string, EntityMetadata[]>();
  const between = new Map<string, Owner>();
  for (const meta of metadata) {
    if (!meta.pivotTable) entities.set(meta.collection, [...(entities.get(meta.collection) ?? []), meta]);
    for (const { pivotTable, name } of meta.relations)
      if (pivotTable && !between.has(pivotTable)) between.set(pivotTable, { meta, property: name });
  }
  return ({ schema, name }: { schema?: string | undefined; name: string }): Owner => {
    const meta = entities.get(name)?.find((one) => (one.schema ?? schema) === schema);
    return meta ? { meta } : (between.get(name) ?? { meta: undefined });
  };
}

const nameOf = (
  kind: ModelName['kind'],
  schema = 'public',
  name: string,
  meta: EntityMetadata | undefined,
  property: string | undefined,
): ModelName => ({
  kind,
  schema,
  table: undefined,
  name,
  entity: meta?.className,
  properties: property === undefined ? [] : [property],
});

function namesOf(table: TargetTable, { meta, property }: Owner): ModelName[] {
  const whole = nameOf('table', table.schema, table.name, meta, property);
  const own = property === undefined ? meta : undefined;
  const one = (kind: ModelName['kind'], name: string, columns: readonly string[]): ModelName => ({
    ...whole,
    table: table.name,
    kind,
    name,
    properties: own ? propertiesOf(own, columns) : whole.properties,
  });
  return [
    whole,
    ...table.getColumns().map(({ name }) => one('column', name, [name])),
    ...table
      .getIndexes()
      .map(({ keyName, columnNames, primary, constraint }) =>
        one(primary ? 'primary key' : constraint ? 'unique constraint' : 'index', keyName, columnNames),
      ),
    ...Object.values(table.getForeignKeys()).map(({ constraintName, columnNames }) =>
      one('foreign key', constraintName, columnNames),
    ),
    // MikroORM 7.2.1 cuts the names of these by itself; what was written is in the metadata.
    ...(own?.checks ?? []).map(({ name, property: of }) => ({
      ...one('check', name ?? '', []),
      properties: of === undefined ? [] : [of],
    })),
    ...(own?.triggers ?? []).map(({ name }) => one('trigger', name ?? '', [])),
    ...(own?.policies ?? []).flatMap(({ name }) => (name === undefined ? [] : [one('policy', name, [])])),
  ];
}

const propertiesOf = (meta: EntityMetadata, columns: readonly string[]): string[] =>
  meta.props.filter(({ fieldNames }) => fieldNames?.some((field) => columns.includes(field))).map(({ name }) => name);
