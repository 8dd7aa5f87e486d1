import { Type, type Static, type TSchema, type TUnsafe } from 'typebox';

/** Stands for a schema that `app.addSchema` knows: validated and typed the same, written once in the OpenAPI document. */
export const Ref = <T extends TSchema & { $id?: string }>(schema: T, description?: string): TUnsafe<Static<T>> =>
  Type.Unsafe<Static<T>>({ $ref: `${schema.$id}#`, ...(description && { description }) });

/** As part of a pattern: control characters, of which PostgreSQL stores some not at all and nobody sees the others. */
const controls = '\\u0000-\\u001f\\u007f-\\u009f';

/** What is white and no control character. Spelled out, as `\s` is not the same in every language that reads the document. */
const spaces = ' \\u00a0\\u1680\\u2000-\\u200b\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff';

/** The pattern of a text without control characters. */
export const printable = `^[^${controls}]+$`;

/** The pattern of a text that, moreover, neither begins nor ends with a space. */
export const trimmed = `^[^${spaces}${controls}]([^${controls}]*[^${spaces}${controls}])?$`;

/** The key of a row: what fits into PostgreSQL's `integer`. */
export const Id = Type.Integer({ minimum: 1, maximum: 2_147_483_647 });

export const ById = Type.Object({ id: Id });

export const Time = Type.String({ format: 'date-time' });

/** A time, or null. */
export const OptionalTime = Type.Unsafe<string | null>({ type: ['string', 'null'], format: 'date-time' });

/** A time, of an entity or of a row, as it is shown. */
export const showTime = (time: Date | string): string => new Date(time).toISOString();

/** A response without a body. */
export const nothing = (description: string) => Type.Unsafe<undefined>({ type: 'null', description });
