import alembic from './alembic.ts';
import floor from './floor.ts';
import knex from './knex.ts';
import mikroOrm from './mikro-orm.ts';
import nodePgMigrate from './node-pg-migrate.ts';
import type { Peer } from './peer.ts';
import psql from './psql.ts';

/** Whom ours is measured against; a new peer is a file in this folder and a line here. */
export const peers: Peer[] = [floor, psql, mikroOrm, knex, nodePgMigrate, alembic];
