import type { Teacher as Entity } from '@tutoria/models';
import { Type, type Static } from 'typebox';
import { Id, printable, showTime, Time, trimmed } from './reference.ts';

const name = Type.String({
  minLength: 1,
  maxLength: 200,
  pattern: trimmed,
  format: 'well-formed',
  examples: ['Ada Lovelace'],
});

const email = Type.String({
  format: 'email',
  // RFC 5321, sections 4.5.3.1.1 to 3; the column has room for more.
  maxLength: 254,
  pattern: '^[^@]{1,64}@([^.]{1,63}\\.)*[^.]{1,63}$',
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

/** What is selected to show a teacher. */
export const teacherColumns = ['id', 'name', 'email', 'created_at as createdAt', 'updated_at as updatedAt'] as const;

/** Of an entity, or of a row with those columns. */
type Row = Pick<Entity, 'id' | 'name' | 'email'> & Record<'createdAt' | 'updatedAt', Date | string>;

export const showTeacher = ({ id, name, email, createdAt, updatedAt }: Row): Static<typeof Teacher> => ({
  id,
  name,
  email,
  createdAt: showTime(createdAt),
  updatedAt: showTime(updatedAt),
});
