import { Type, type Static, type TSchema, type TUnsafe } from 'typebox';

/** Stands for a schema that `app.addSchema` knows: validated and typed the same, written once in the OpenAPI document. */
export const Ref = <T extends TSchema & { $id?: string }>(schema: T, description?: string): TUnsafe<Static<T>> =>
  Type.Unsafe<Static<T>>({ $ref: `${schema.$id}#`, ...(description && { description }) });

/** What PostgreSQL cannot store or nobody can see, control characters and halves of surrogate pairs, as part of a pattern. */
export const unprintable = '\\u0000-\\u001f\\u007f-\\u009f\\ud800-\\udfff';

/** The key of a row: what fits into PostgreSQL's `integer`. */
export const Id = Type.Integer({ minimum: 1, maximum: 2_147_483_647 });

export const ById = Type.Object({ id: Id });

export const Time = Type.String({ format: 'date-time' });

/** A time, or null. */
export const OptionalTime = Type.Unsafe<string | null>({ type: ['string', 'null'], format: 'date-time' });

/** A response without a body. */
export const nothing = (description: string) => Type.Unsafe<undefined>({ type: 'null', description });
