/** Every kind of question. A new one is a file here and a line below. */
export { casts } from './casts.ts';
export { columns } from './columns.ts';
export { passedNames } from './passed.ts';
export { recreatedTables } from './recreate.ts';
export { requiredColumns } from './fills.ts';
export { sequences } from './sequences.ts';
export { tables } from './tables.ts';
export { unclaimed } from './unclaimed.ts';
export { values } from './values.ts';
