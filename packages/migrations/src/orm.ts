import type { Options } from '@mikro-orm/postgresql';
import { entities } from '@tutoria/models';

/** What a service, the migrations and MikroORM's own command line have in common. Names no database. */
export const ormOptions = {
  entities,
  timezone: 'UTC',
  // A teacher is read without a join to the code: whoever wants both asks with `populate`.
  autoJoinOneToOneOwner: false,
} satisfies Options;
