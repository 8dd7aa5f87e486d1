// MikroORM's own command line looks for JavaScript unless a TypeScript loader is installed; Node needs none.
export { default } from './mikro-orm.config.ts';
