import { AjvCompiler } from '@fastify/ajv-compiler';
import type { FastifyServerOptions } from 'fastify';

const options = {
  removeAdditional: false,
  allErrors: true,
  useDefaults: true,
  allowUnionTypes: true,
  // Half of a surrogate pair, which JSON can spell, would be stored as another character.
  formats: { 'well-formed': (text: string) => text.isWellFormed() },
} as const;

/**
 * Refuses what a schema does not know rather than dropping it, and names every field that is not valid. In a body, a
 * number is a number; in an address everything is text, so there `20` is one too.
 */
export const schemaController: NonNullable<FastifyServerOptions['schemaController']> = {
  compilersFactory: {
    buildValidator: (externalSchemas) => {
      const build = AjvCompiler();
      const strict = build(externalSchemas, { customOptions: { ...options, coerceTypes: false } });
      // Ajv makes `Infinity` and `1e400` a number, and its strict numbers are then past every minimum and maximum.
      const coercing = build(externalSchemas, {
        customOptions: { ...options, coerceTypes: true, strictNumbers: false },
      });
      return (route) => (route.httpPart === 'body' ? strict : coercing)(route);
    },
  },
};
