import type { InferKyselyDB } from '@mikro-orm/postgresql';
import type { InviteCodeSchema, TeacherSchema } from '@tutoria/models';

/** What the models say of the tables, in the spelling of the columns. */
type Modelled = InferKyselyDB<typeof TeacherSchema | typeof InviteCodeSchema>;

/** The tables as Kysely's queries read them; their columns are those of the models. */
export type Tables = { [Table in keyof Modelled]: Columns<Modelled[Table]> };

// Of two models that refer to each other, MikroORM's types know of each reference that there is one, and not its value.
type Columns<Table> = { [Name in keyof Table as IsColumn<Name, Table[Name]>]: Read<Table[Name]> };
type IsColumn<Name, Value> = [Value] extends [null] ? Extract<Name, `${string}_id`> : Name;

/** MikroORM has the driver give a time as PostgreSQL's text, in the time zone of the session. */
type Read<Value> = [Value] extends [null]
  ? number | null
  : Value extends { __select__: infer Selected }
    ? Read<Selected>
    : Value extends Date
      ? string
      : Value;
