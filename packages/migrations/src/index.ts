/**
 * What a service needs: how MikroORM is set up, this build's history, and the gate that compares it with the database.
 * Without the engine, so that it fits into a production image.
 */
export { Gate } from './gate.ts';
export { history } from './history.ts';
export { ormOptions } from './orm.ts';
export { readiness, type Query, type Readiness } from './readiness.ts';
