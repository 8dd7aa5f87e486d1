import type { Teacher as Entity } from '@tutoria/models';
import { Type, type Static } from 'typebox';
import { Id, printable, Time, trimmed } from './reference.ts';

const name = Type.String({
  minLength: 1,
  maxLength: 200,
  pattern: trimmed,
  format: 'well-formed',
  examples: ['Ada Lovelace'],
});

const email = Type.String({
  format: 'email',
  maxLength: 320,
  description: 'Kept in lower case, and unique.',
  examples: ['ada@example.com'],
});

export const Teacher = Type.Object(
  { id: Id, name: Type.String(), email: Type.String(), createdAt: Time, updatedAt: Time },
  { $id: 'Teacher', description: 'Somebody who teaches.' },
);

export const Registration = Type.Object(
  {
    inviteCode: Type.String({ minLength: 1, maxLength: 255, pattern: printable, format: 'well-formed' }),
    name,
    email,
  },
  { $id: 'Registration', additionalProperties: false },
);

export const TeacherChange = Type.Partial(Type.Object({ name, email }), {
  $id: 'TeacherChange',
  additionalProperties: false,
  minProperties: 1,
  description: 'What is not there stays as it is.',
});

export const showTeacher = ({ id, name, email, createdAt, updatedAt }: Entity): Static<typeof Teacher> => ({
  id,
  name,
  email,
  createdAt: createdAt.toISOString(),
  updatedAt: updatedAt.toISOString(),
});
