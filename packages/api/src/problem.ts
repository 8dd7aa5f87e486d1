/** Every kind of refusal: its status and what it means in general. The names are part of the interface and stay. */
export const problems = {
  malformed: { status: 400, title: 'The request cannot be read' },
  invalid: { status: 400, title: 'A field of the request is not valid' },
  unauthorized: { status: 401, title: 'A bearer token is needed' },
  'not-found': { status: 404, title: 'There is nothing at this address' },
  'method-not-allowed': { status: 405, title: 'This cannot be done with what is at this address' },
  'too-slow': { status: 408, title: 'The request did not arrive in time' },
  'code-used': { status: 409, title: 'The invite code has been used' },
  'code-expired': { status: 409, title: 'The invite code has expired' },
  'email-taken': { status: 409, title: 'A teacher has this e-mail address already' },
  'already-there': { status: 409, title: 'Something that must be unique is there already' },
  'still-needed': { status: 409, title: 'Something else depends on it, or what it depends on is gone' },
  'too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'The body is not JSON' },
  'code-unknown': { status: 422, title: 'There is no such invite code' },
  'too-many-requests': { status: 429, title: 'Too many attempts' },
  'headers-too-large': { status: 431, title: 'The headers are too large' },
  internal: { status: 500, title: 'Something went wrong here' },
  'not-ready': { status: 503, title: 'The database does not stand where this build needs it' },
  unreachable: { status: 503, title: 'The database cannot be reached' },
  busy: { status: 503, title: 'The database took too long' },
  'outcome-unknown': { status: 503, title: 'The database was lost before it said whether it was done' },
} as const;

export type ProblemName = keyof typeof problems;

/** One field that is not valid. */
export interface FieldMistake {
  in: 'body' | 'querystring' | 'params' | 'headers';
  /** The place of the field there, as a JSON Pointer (RFC 6901). */
  pointer: string;
  detail: string;
}

/** What leaves as `application/problem+json` (RFC 9457). */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  requestId: string;
  errors?: FieldMistake[];
}

/** A name that is unique in the world and never an address to follow (RFC 4151). */
export const typeOf = (name: ProblemName): string => `tag:tutoria.example,2026:${name}`;

/** A refusal that the caller may read: thrown by routes, sent as it is. */
export class Refusal extends Error {
  readonly problem: ProblemName;
  readonly errors: FieldMistake[] | undefined;

  constructor(problem: ProblemName, detail: string, errors?: FieldMistake[]) {
    super(detail);
    this.problem = problem;
    this.errors = errors;
  }
}
