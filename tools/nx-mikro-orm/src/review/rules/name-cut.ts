import { defineRule } from '../rule.ts';

/** NOTICE: identifier "…" will be truncated to "…" (scansup.c). */
const truncated = '42622';

const long = 'teacher_with_a_name_that_is_longer_than_the_sixty_three_bytes_it_may_have';

export default defineRule({
  code: 'name-cut',
  class: 'naming',
  severity: 'warning',
  danger:
    'PostgreSQL keeps 63 bytes of a name and drops the rest, so that two of them may become one, and what is looked for is not found.',
  instead: 'shorten the name to 63 bytes',
  bad: [`create table ${long} (id bigint)`, `create index ${long}_idx on room (name)`],
  good: ['create table "Teacher of the year" (id bigint)'],
  check: ({ messages, failure }) => [
    ...messages.filter(({ code }) => code === truncated).map(({ text }) => ({ message: text })),
    ...(failure?.code === truncated ? [{ message: failure.message }] : []),
  ],
});
