import { Type, type TSchema } from 'typebox';
import { problems, typeOf, type ProblemName } from '../problem.ts';
import { Ref } from './reference.ts';

export const ProblemSchema = Type.Object(
  {
    type: Type.String({ description: 'Which problem it is. Stable.', examples: [typeOf('not-found')] }),
    title: Type.String({ description: 'What this type means.' }),
    status: Type.Integer({ minimum: 400, maximum: 599 }),
    detail: Type.String({ description: 'What is wrong with this request, and what to do.' }),
    requestId: Type.String({ description: 'Finds this request in the log.' }),
    errors: Type.Optional(
      Type.Array(
        Type.Object({
          in: Type.Enum(['body', 'querystring', 'params', 'headers']),
          pointer: Type.String({ description: 'The field, as a JSON Pointer (RFC 6901).' }),
          detail: Type.String(),
        }),
        { description: 'Every field that is not valid.' },
      ),
    ),
  },
  { $id: 'Problem', description: 'A refusal, as RFC 9457 has it.' },
);

/** The responses of a route that refuses in these ways, by status, for its `response`. */
export function refusals(...names: ProblemName[]): Record<number, object> {
  const byStatus = Map.groupBy(new Set(names), (name) => problems[name].status);
  return Object.fromEntries([...byStatus].map(([status, same]) => [status, response(same)]));
}

const response = (names: ProblemName[]) => ({
  description: names.map((name) => `\`${typeOf(name)}\`: ${problems[name].title}.`).join('\n\n'),
  content: { 'application/problem+json': { schema: Ref(ProblemSchema) as TSchema } },
});
