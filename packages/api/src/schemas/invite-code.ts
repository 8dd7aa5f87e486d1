import type { ExpressionBuilder } from 'kysely';
import { Type, type Static } from 'typebox';
import type { Tables } from '../tables.ts';
import { Id, OptionalTime, showTime } from './reference.ts';

export const Status = Type.Enum(['usable', 'used', 'expired']);

export const InviteCode = Type.Object(
  {
    id: Id,
    code: Type.String({ description: 'What the future teacher is given. Keep it out of addresses and logs.' }),
    status: Status,
    expiresAt: OptionalTime,
    createdAt: { ...OptionalTime, description: 'Null for a code from before this was noted.' },
    usedAt: { ...OptionalTime, description: 'Null for a code that is not used, or was used before this was noted.' },
    teacherId: Type.Unsafe<number | null>({
      type: ['integer', 'null'],
      description: 'Who registered with it.',
    }),
  },
  { $id: 'InviteCode', description: 'A code that lets one person register as a teacher, once.' },
);

export const NewInviteCode = Type.Unsafe<{ expiresAt?: string | null } | null>({
  $id: 'NewInviteCode',
  // A request without a body makes a code that does not expire.
  type: ['object', 'null'],
  additionalProperties: false,
  properties: {
    expiresAt: { ...OptionalTime, description: 'In the future, with a zone. Null or nothing: it does not expire.' },
  },
});

export type Status = Static<typeof Status>;

type Codes = ExpressionBuilder<Tables, 'invite_code'>;

/** Has a code expired? By the database's clock, which all instances have in common; null for one that never does. */
export const expired = (codes: Codes) => codes('expires_at', '<=', codes.fn<string>('clock_timestamp', []));

/** What is selected to show an invite code. */
export const inviteCodeColumns = (codes: Codes) =>
  [
    'id',
    'code',
    'is_used as isUsed',
    'expires_at as expiresAt',
    'created_at as createdAt',
    'used_at as usedAt',
    'teacher_id as teacherId',
    expired(codes).as('isExpired'),
  ] as const;

/** A row with those columns. */
interface Row {
  id: number;
  code: string;
  isUsed: boolean;
  isExpired: unknown;
  expiresAt: Date | string | null;
  createdAt: Date | string | null;
  usedAt: Date | string | null;
  teacherId: number | null;
}

export function showInviteCode({ isUsed, isExpired, ...row }: Row): Static<typeof InviteCode> {
  const status = isUsed ? 'used' : isExpired ? 'expired' : 'usable';
  const shown = (time: Date | string | null) => time && showTime(time);
  const [expiresAt, createdAt, usedAt] = [shown(row.expiresAt), shown(row.createdAt), shown(row.usedAt)];
  return { id: row.id, code: row.code, status, expiresAt, createdAt, usedAt, teacherId: row.teacherId };
}
