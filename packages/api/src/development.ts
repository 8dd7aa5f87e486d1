/**
 * `nx run api:serve`: the service with what a developer need not say. Without DATABASE_URL, on the workspace's embedded
 * PostgreSQL; without ADMIN_TOKEN, with the one below. No part of what is built for production.
 */
import { databaseUrl } from '@tutoria/migrations/database';

if (!process.env['DATABASE_URL_FILE']) process.env['DATABASE_URL'] = await databaseUrl();
if (!process.env['ADMIN_TOKEN_FILE']) process.env['ADMIN_TOKEN'] ||= 'the-token-of-development-and-nothing-else';
await import('./main.ts');
