import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import type { FilterQuery } from '@mikro-orm/postgresql';
import { InviteCode } from '@tutoria/models';
import { randomBytes } from 'node:crypto';
import { Type } from 'typebox';
import { Refusal } from '../problem.ts';
import { InviteCode as Shown, NewInviteCode, showInviteCode, Status } from '../schemas/invite-code.ts';
import { pageOf, pageQuery, usualLimit } from '../schemas/page.ts';
import { refusals } from '../schemas/problem.ts';
import { ById, nothing, Ref } from '../schemas/reference.ts';

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
      const expiresAt = futureTime(body?.expiresAt);
      const created = await database.write(async (em) => {
        const made = em.create(InviteCode, { code: unguessable(), expiresAt });
        await em.flush();
        return made;
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
      database.read(async (em) => {
        const page = await em.findByCursor(InviteCode, {
          where: status ? having(status) : {},
          first: limit,
          ...(after !== undefined && { after: { id: after } }),
          orderBy: { id: 'desc' },
          includeCount: false,
        });
        return { items: page.items.map(showInviteCode), next: page.hasNextPage ? page.items.at(-1)!.id : null };
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
      database.read(async (em) => showInviteCode((await em.findOne(InviteCode, { id })) ?? missing(id))),
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

function having(status: Status): FilterQuery<InviteCode> {
  if (status === 'used') return { isUsed: true };
  const now = new Date();
  if (status === 'expired') return { isUsed: false, expiresAt: { $lte: now } };
  return { isUsed: false, $or: [{ expiresAt: null }, { expiresAt: { $gt: now } }] };
}

function futureTime(text: string | null | undefined): Date | null {
  if (text === null || text === undefined) return null;
  const time = new Date(text);
  // The format lets a leap second pass, which no Date can hold.
  if (time > new Date()) return time;
  const detail = Number.isNaN(time.getTime()) ? 'is not a time' : 'must lie in the future';
  throw new Refusal('invalid', `body/expiresAt ${detail}.`, [{ in: 'body', pointer: '/expiresAt', detail }]);
}
