import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { LockMode } from '@mikro-orm/core';
import { Teacher } from '@tutoria/models';
import { Type } from 'typebox';
import { Refusal } from '../problem.ts';
import { register } from '../registration.ts';
import { pageOf, pageOfRows, pageQuery, usualLimit } from '../schemas/page.ts';
import { refusals } from '../schemas/problem.ts';
import { ById, nothing, Ref, printable } from '../schemas/reference.ts';
import { Registration, showTeacher, Teacher as Shown, TeacherChange, teacherColumns } from '../schemas/teacher.ts';

const tags = ['Teachers'];

const Search = Type.String({
  minLength: 1,
  maxLength: 100,
  pattern: printable,
  format: 'well-formed',
  description: 'Part of the name or of the e-mail address, in any letter case.',
});

/** Those who teach. Registering needs an invite code, everything else the token. */
export const teachers: FastifyPluginCallbackTypebox<{ redeemLimit: { max: number; timeWindow: number } }> = (
  app,
  { redeemLimit },
  done,
) => {
  const { database } = app;

  app.post(
    '',
    {
      config: { public: true, rateLimit: redeemLimit },
      schema: {
        tags,
        operationId: 'registerTeacher',
        summary: 'Register with an invite code',
        body: Ref(Registration),
        response: {
          201: Ref(Shown, 'Registered; the code is used.'),
          ...refusals('code-unknown', 'code-used', 'code-expired', 'email-taken', 'too-many-requests'),
        },
      },
    },
    async ({ body }, reply) => {
      const teacher = await database.write((em) => register(em, body));
      return reply.status(201).header('location', `/teachers/${teacher.id}`).send(showTeacher(teacher));
    },
  );

  app.get(
    '',
    {
      schema: {
        tags,
        operationId: 'listTeachers',
        summary: 'List and search teachers, newest first',
        querystring: pageQuery({ q: Type.Optional(Search) }),
        response: { 200: pageOf(Ref(Shown)) },
      },
    },
    ({ query: { limit = usualLimit, after, q } }) =>
      database.read(async (db) => {
        const like = `%${q?.replace(/[\\%_]/g, '\\$&')}%`;
        const rows = await db
          .selectFrom('teacher')
          .select(teacherColumns)
          .$if(q !== undefined, (all) =>
            all.where((or) => or.or([or('name', 'ilike', like), or('email', 'ilike', like)])),
          )
          .$if(after !== undefined, (all) => all.where('id', '<', after!))
          .orderBy('id', 'desc')
          .limit(limit + 1)
          .execute();
        return pageOfRows(rows.map(showTeacher), limit);
      }),
  );

  app.get(
    '/:id',
    {
      schema: {
        tags,
        operationId: 'showTeacher',
        summary: 'Show a teacher',
        params: ById,
        response: { 200: Ref(Shown), ...refusals('not-found') },
      },
    },
    ({ params: { id } }) =>
      database.read(async (db) => {
        const row = await db.selectFrom('teacher').select(teacherColumns).where('id', '=', id).executeTakeFirst();
        return showTeacher(row ?? missing(id));
      }),
  );

  app.patch(
    '/:id',
    {
      schema: {
        tags,
        operationId: 'changeTeacher',
        summary: 'Change a teacher',
        params: ById,
        body: Ref(TeacherChange),
        response: { 200: Ref(Shown), ...refusals('not-found', 'email-taken') },
      },
    },
    ({ params: { id }, body: { name, email } }) =>
      database.write(async (em) => {
        // Locked, so that nobody deletes it between here and the change.
        const teacher = (await em.findOne(Teacher, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE })) ?? missing(id);
        if (name !== undefined) teacher.name = name;
        if (email !== undefined) teacher.email = email.toLowerCase();
        await em.flush();
        return showTeacher(teacher);
      }),
  );

  app.delete(
    '/:id',
    {
      schema: {
        tags,
        operationId: 'deleteTeacher',
        summary: 'Delete a teacher and the code',
        params: ById,
        response: { 204: nothing('Deleted, with the code.'), ...refusals('not-found', 'still-needed') },
      },
    },
    async ({ params: { id } }, reply) => {
      if ((await database.write((em) => em.nativeDelete(Teacher, { id }))) === 0) missing(id);
      return reply.status(204).send();
    },
  );

  done();
};

function missing(id: number): never {
  throw new Refusal('not-found', `There is no teacher ${id}.`);
}
