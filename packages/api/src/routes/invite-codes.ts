import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { InviteCode } from '@tutoria/models';
import type { ExpressionBuilder } from 'kysely';
import { randomBytes } from 'node:crypto';
import { Type } from 'typebox';
import { isPast } from '../clock.ts';
import { Refusal } from '../problem.ts';
import {
  expired,
  InviteCode as Shown,
  inviteCodeColumns,
  NewInviteCode,
  showInviteCode,
  Status,
} from '../schemas/invite-code.ts';
import { pageOf, pageOfRows, pageQuery, usualLimit } from '../schemas/page.ts';
import { refusals } from '../schemas/problem.ts';
import { ById, nothing, Ref } from '../schemas/reference.ts';
import type { Tables } from '../tables.ts';

const tags = ['Invite codes'];

/** Codes that let somebody register as a teacher. Addressed by their number: the code itself is in no address or log. */
export const inviteCodes: FastifyPluginCallbackTypebox = (app, _, done) => {
  const { database } = app;

  app.post(
    '',
    {
      schema: {
        tags,
        operationId: 'createInviteCode',
        summary: 'Create an invite code',
        body: Ref(NewInviteCode),
        response: { 201: Ref(Shown, 'Created.') },
      },
    },
    async ({ body }, reply) => {
      const expiresAt = timeOf(body?.expiresAt);
      const created = await database.write(async (em) => {
        if (expiresAt && (await isPast(em, expiresAt))) refuseTime('must lie in the future');
        const made = em.create(InviteCode, { code: unguessable(), isUsed: false, expiresAt });
        await em.flush();
        const { id, code, isUsed, createdAt = null } = made;
        return { id, code, isUsed, isExpired: false, expiresAt, createdAt, usedAt: null, teacherId: null };
      });
      return reply.status(201).header('location', `/invite-codes/${created.id}`).send(showInviteCode(created));
    },
  );

  app.get(
    '',
    {
      schema: {
        tags,
        operationId: 'listInviteCodes',
        summary: 'List invite codes, newest first',
        querystring: pageQuery({ status: Type.Optional(Status) }),
        response: { 200: pageOf(Ref(Shown)) },
      },
    },
    ({ query: { limit = usualLimit, after, status } }) =>
      database.read(async (db) => {
        const rows = await db
          .selectFrom('invite_code')
          .select(inviteCodeColumns)
          .$if(status !== undefined, (all) => all.where(having(status!)))
          .$if(after !== undefined, (all) => all.where('id', '<', after!))
          .orderBy('id', 'desc')
          .limit(limit + 1)
          .execute();
        return pageOfRows(rows.map(showInviteCode), limit);
      }),
  );

  app.get(
    '/:id',
    {
      schema: {
        tags,
        operationId: 'showInviteCode',
        summary: 'Show an invite code',
        params: ById,
        response: { 200: Ref(Shown), ...refusals('not-found') },
      },
    },
    ({ params: { id } }) =>
      database.read(async (db) => {
        const row = await db
          .selectFrom('invite_code')
          .select(inviteCodeColumns)
          .where('id', '=', id)
          .executeTakeFirst();
        return showInviteCode(row ?? missing(id));
      }),
  );

  app.delete(
    '/:id',
    {
      schema: {
        tags,
        operationId: 'revokeInviteCode',
        summary: 'Revoke an invite code that has not been used',
        params: ById,
        response: { 204: nothing('Revoked.'), ...refusals('not-found', 'code-used') },
      },
    },
    async ({ params: { id } }, reply) => {
      await database.write(async (em) => {
        // One statement decides, also against somebody who redeems the code at this moment.
        if ((await em.nativeDelete(InviteCode, { id, isUsed: false })) > 0) return;
        if ((await em.count(InviteCode, { id })) === 0) missing(id);
        throw new Refusal('code-used', 'A used code goes with its teacher: delete the teacher.');
      });
      return reply.status(204).send();
    },
  );

  done();
};

function missing(id: number): never {
  throw new Refusal('not-found', `There is no invite code ${id}.`);
}

/** 144 random bits, in letters that need no escaping in an address. */
const unguessable = (): string => randomBytes(18).toString('base64url');

/** The codes of one status, as {@link showInviteCode} tells it. */
const having = (status: Status) => (codes: ExpressionBuilder<Tables, 'invite_code'>) => {
  if (status === 'used') return codes('is_used', '=', true);
  const open = codes.or([codes('expires_at', 'is', null), codes.not(expired(codes))]);
  return codes.and([codes('is_used', '=', false), status === 'expired' ? expired(codes) : open]);
};

function timeOf(text: string | null | undefined): Date | null {
  if (text === null || text === undefined) return null;
  const time = new Date(text);
  // The format lets a leap second pass, which no Date can hold, and a zone that leads out of the years of four digits.
  if (Number.isNaN(time.getTime())) refuseTime('is not a time');
  if (time.getUTCFullYear() < 1) refuseTime('must lie in the future');
  if (time.getUTCFullYear() > 9999) refuseTime('must lie before the year 10000, in UTC');
  return time;
}

function refuseTime(detail: string): never {
  throw new Refusal('invalid', `body/expiresAt ${detail}.`, [{ in: 'body', pointer: '/expiresAt', detail }]);
}
