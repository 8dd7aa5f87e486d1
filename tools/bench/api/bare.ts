/** What the API is measured against: Fastify and `pg` and nothing else, with the same two reads. No check, no log, no token. */
import Fastify from 'fastify';
import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: 10 });
const app = Fastify();

app.get<{ Params: { id: string } }>('/teachers/:id', async ({ params: { id } }, reply) => {
  const { rows } = await pool.query<Record<string, Date | string | number>>(
    'select id, name, email, created_at, updated_at from teacher where id = $1',
    [id],
  );
  const [row] = rows;
  if (!row) return reply.status(404).send();
  const { id: key, name, email, created_at: createdAt, updated_at: updatedAt } = row;
  return { id: key, name, email, createdAt, updatedAt };
});

app.get<{ Querystring: { limit: string } }>('/teachers', async ({ query: { limit } }) => {
  const { rows } = await pool.query<Record<string, Date | string | number>>(
    'select id, name, email, created_at, updated_at from teacher order by id desc limit $1',
    [Number(limit) + 1],
  );
  const items = rows
    .slice(0, Number(limit))
    .map(({ id, name, email, created_at: createdAt, updated_at: updatedAt }) => {
      return { id, name, email, createdAt, updatedAt };
    });
  return { items, next: rows.length > items.length ? items.at(-1)?.id : null };
});

await app.listen({ host: '127.0.0.1', port: Number(process.env['PORT']) });
