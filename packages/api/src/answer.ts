import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { DatabaseFailure, type Failure } from './failure.ts';
import { problems, Refusal, typeOf, type FieldMistake, type Problem, type ProblemName } from './problem.ts';

interface Answer {
  problem: ProblemName;
  detail: string;
  errors?: FieldMistake[] | undefined;
}

/** The only way in which an error leaves: in our words (RFC 9457), never with a stack, SQL or an address. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const answer = translate(error);
  const { status } = problems[answer.problem];
  if (status >= 500) request.log.error({ err: error, problem: answer.problem }, 'refused');
  if (status === 503) reply.header('retry-after', '1');
  if (status === 401) reply.header('www-authenticate', 'Bearer');
  send(request, reply, answer);
}

/** Without the query, which may hold what somebody looks for. */
export const pathOf = (url: string): string => url.split('?', 1)[0] ?? '';

/** What an answer says, as RFC 9457 has it. */
export function problemOf({ problem, detail, errors }: Answer, requestId: string): Problem {
  const { status, title } = problems[problem];
  return { type: typeOf(problem), title, status, detail, requestId, ...(errors && { errors }) };
}

function send(request: FastifyRequest, reply: FastifyReply, answer: Answer): void {
  // Serialised here, so that no route's response schema drops a field; with the id, as a request that cannot even be
  // routed passes no hook.
  void reply
    .status(problems[answer.problem].status)
    .header('x-request-id', request.id)
    .type('application/problem+json')
    .send(JSON.stringify(problemOf(answer, request.id)));
}

/** What is unique, by the name of its constraint. */
const uniques: Record<string, Answer> = {
  teacher_email_unique: { problem: 'email-taken', detail: 'Give another e-mail address, or change that teacher.' },
};

const byFailure: Record<Failure, Answer> = {
  lost: { problem: 'unreachable', detail: 'Try again in a moment; GET /health/ready says when.' },
  conflict: { problem: 'busy', detail: 'Others changed the same rows. Try again in a moment.' },
  busy: { problem: 'busy', detail: 'Try again in a moment.' },
  schema: { problem: 'not-ready', detail: 'GET /health/ready says which revisions are missing.' },
  unique: { problem: 'already-there', detail: 'Give another value.' },
  reference: { problem: 'still-needed', detail: 'Remove what depends on it first.' },
  other: { problem: 'internal', detail: 'It has been logged under this requestId.' },
};

function translate(error: unknown): Answer {
  if (error instanceof Refusal) return { problem: error.problem, detail: error.message, errors: error.errors };
  if (error instanceof DatabaseFailure)
    return (error.failure === 'unique' && uniques[error.cause.constraint ?? '']) || byFailure[error.failure];
  return fromFastify(error as Partial<FastifyError>) ?? byFailure.other;
}

const byStatus: Record<number, ProblemName> = {
  404: 'not-found',
  413: 'too-large',
  415: 'unsupported-media-type',
};

/** What Fastify and its plugins refuse. */
function fromFastify({
  statusCode,
  message = '',
  validation,
  validationContext,
}: Partial<FastifyError>): Answer | undefined {
  if (validation) {
    const where = validationContext as FieldMistake['in'];
    const errors = validation.slice(0, mostMistakes).map((mistake) => ({ in: where, ...placeOf(mistake) }));
    const [first] = errors;
    return { problem: 'invalid', detail: `${where}${first?.pointer} ${first?.detail}.`, errors };
  }
  if (!statusCode || statusCode < 400 || statusCode >= 500) return undefined;
  if (statusCode === 401) return { problem: 'unauthorized', detail: 'Send the header "Authorization: Bearer …".' };
  return { problem: byStatus[statusCode] ?? 'malformed', detail: message };
}

/** How many mistakes are named, and how long the name of a field may be: an answer is not much larger than its question. */
const [mostMistakes, longestName] = [20, 100];

type Validation = NonNullable<FastifyError['validation']>[number];

/** A field that is missing, or that should not be there, is named like any other. */
function placeOf({ instancePath, message = 'is not valid', params }: Validation): { pointer: string; detail: string } {
  const { missingProperty, additionalProperty, allowedValues } = params;
  const below = (name: string) => `${instancePath}/${cut(name).replaceAll('~', '~0').replaceAll('/', '~1')}`;
  if (typeof missingProperty === 'string') return { pointer: below(missingProperty), detail: 'is missing' };
  if (typeof additionalProperty === 'string')
    return { pointer: below(additionalProperty), detail: 'is not known here' };
  if (Array.isArray(allowedValues))
    return { pointer: instancePath, detail: `must be one of ${allowedValues.join(', ')}` };
  return { pointer: instancePath, detail: message };
}

const cut = (name: string): string => (name.length > longestName ? `${name.slice(0, longestName)}…` : name);
