import { InviteCode } from '@tutoria/models';
import type { FastifyPluginCallback } from 'fastify';
import { randomBytes } from 'node:crypto';
import { Refusal } from '../problem.ts';

const params = {
  type: 'object',
  required: ['code'],
  // Anything but control characters, which PostgreSQL would refuse.
  properties: { code: { type: 'string', maxLength: 100, pattern: '^[^\\u0000-\\u001f]+$' } },
} as const;

const creation = {
  // A request without a body creates a code that does not expire.
  type: ['object', 'null'],
  additionalProperties: false,
  properties: { expiresAt: { type: ['string', 'null'], format: 'date-time' } },
} as const;

const inviteCode = {
  type: 'object',
  required: ['code', 'isUsed', 'expiresAt', 'usable'],
  properties: {
    code: { type: 'string' },
    isUsed: { type: 'boolean' },
    expiresAt: { type: ['string', 'null'], format: 'date-time' },
    usable: { type: 'boolean' },
  },
} as const;

/** Codes that let somebody register as a teacher. */
export const inviteCodes: FastifyPluginCallback = (app, _, done) => {
  app.get<{ Params: { code: string } }>(
    '/:code',
    { schema: { params, response: { 200: inviteCode } } },
    async ({ em, params: { code } }) => {
      const found = await em.findOne(InviteCode, { code });
      if (!found) throw new Refusal(404, 'There is no such invite code.');
      return shown(found);
    },
  );

  app.post<{ Body: { expiresAt?: string | null } | null }>(
    '/',
    { schema: { body: creation, response: { 201: inviteCode } } },
    async ({ em, body }, reply) => {
      const created = em.create(InviteCode, { code: unguessable(), expiresAt: futureTime(body?.expiresAt) });
      await em.flush();
      return reply.status(201).header('location', `/invite-codes/${created.code}`).send(shown(created));
    },
  );

  done();
};

function shown({ code, isUsed, expiresAt }: InviteCode) {
  const usable = !isUsed && (!expiresAt || expiresAt > new Date());
  return { code, isUsed, expiresAt: expiresAt?.toISOString() ?? null, usable };
}

/** 144 random bits, in letters that need no escaping in an address. */
const unguessable = (): string => randomBytes(18).toString('base64url');

function futureTime(text: string | null | undefined): Date | null {
  if (text === null || text === undefined) return null;
  const time = new Date(text);
  // The format lets a leap second pass, which no Date can hold.
  if (Number.isNaN(time.getTime())) throw new Refusal(400, 'body/expiresAt is not a time');
  if (time <= new Date()) throw new Refusal(400, 'body/expiresAt must lie in the future');
  return time;
}
