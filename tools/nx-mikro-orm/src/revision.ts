/** What a revision may use beside MikroORM's `Migration`. Light: no ORM, no entities. */
export { irreversible } from './revision/irreversible.ts';
export {
  tables,
  type Big,
  type ColumnType,
  type Generated,
  type GeneratedAlways,
  type Json,
  type Kysely,
  type Time,
} from './revision/tables.ts';
export { sql } from 'kysely';
