import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { failureOf, type Failure } from './failure.ts';
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

function send(request: FastifyRequest, reply: FastifyReply, { problem, detail, errors }: Answer): void {
  const { status, title } = problems[problem];
  const body: Problem = {
    type: typeOf(problem),
    title,
    status,
    detail,
    requestId: request.id,
    ...(errors && { errors }),
  };
  // Serialised here, so that no route's response schema drops a field; with the id, as a request that cannot even be
  // routed passes no hook.
  void reply
    .status(status)
    .header('x-request-id', request.id)
    .type('application/problem+json')
    .send(JSON.stringify(body));
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
  const failure = failureOf(error);
  if (failure) {
    const { constraint = '' } = error as { constraint?: string };
    return (failure === 'unique' && uniques[constraint]) || byFailure[failure];
  }
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
    const errors = validation.map((mistake) => ({ in: where, ...placeOf(mistake) }));
    const [first] = errors;
    return { problem: 'invalid', detail: `${where}${first?.pointer} ${first?.detail}.`, errors };
  }
  if (!statusCode || statusCode < 400 || statusCode >= 500) return undefined;
  if (statusCode === 401) return { problem: 'unauthorized', detail: 'Send the header "Authorization: Bearer …".' };
  return { problem: byStatus[statusCode] ?? 'malformed', detail: message };
}

type Validation = NonNullable<FastifyError['validation']>[number];

/** A field that is missing, or that should not be there, is named like any other. */
function placeOf({ instancePath, message = 'is not valid', params }: Validation): { pointer: string; detail: string } {
  const { missingProperty, additionalProperty, allowedValues } = params;
  const below = (name: string) => `${instancePath}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  if (typeof missingProperty === 'string') return { pointer: below(missingProperty), detail: 'is missing' };
  if (typeof additionalProperty === 'string')
    return { pointer: below(additionalProperty), detail: 'is not known here' };
  if (Array.isArray(allowedValues))
    return { pointer: instancePath, detail: `must be one of ${allowedValues.join(', ')}` };
  return { pointer: instancePath, detail: message };
}
