const seconds = Number(process.env['NX_MIKRO_ORM_SILENCE']);

/** For so long a server may be silent that has something to answer. Milliseconds; by default a minute. */
export const silence = seconds > 0 ? seconds * 1000 : 60_000;

/** What pg says when an answer has not come in time. */
export const isSilence = (error: unknown): boolean => error instanceof Error && error.message === 'Query read timeout';
