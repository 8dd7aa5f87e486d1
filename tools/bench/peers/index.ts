import alembic from './alembic.ts';
import drizzle from './drizzle.ts';
import floor from './floor.ts';
import knex from './knex.ts';
import kysely from './kysely.ts';
import mikroOrm from './mikro-orm.ts';
import nodePgMigrate from './node-pg-migrate.ts';
import nx from './nx.ts';
import ownUp from './own-up.ts';
import type { Peer } from './peer.ts';
import psql from './psql.ts';
import roundTrips from './round-trips.ts';
import typeorm from './typeorm.ts';
import umzug from './umzug.ts';

/** Whom ours is measured against; a new peer is a file in this folder and a line here. */
export const peers: Peer[] = [
  ...[floor, psql, roundTrips, ownUp, nx],
  ...[mikroOrm, knex, nodePgMigrate, kysely, drizzle, typeorm, umzug, alembic],
];
