/** What a type change does to values, and which expression is offered: asked of a real server. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sharedDatabase } from '../../test/database.ts';
import type { Column } from '../diff/column.ts';
import { castOf, wayBack } from './casts.ts';

const onServer = sharedDatabase();
const column = (type: string) => ({ name: 'Of it', type }) as Column;

/** Says nothing of them, or names a value that becomes another. */
const cases: [from: string, to: string, loss: RegExp | undefined, using?: string][] = [
  ['integer', 'bigint', undefined],
  ['bigint', 'integer', undefined],
  ['integer', 'text', undefined],
  ['text', 'integer', undefined, '"Of it"::integer'],
  ['integer', 'real', /becomes/],
  ['smallint', 'real', undefined],
  ['numeric(10,2)', 'numeric(10,4)', undefined],
  ['numeric(10,4)', 'numeric(10,2)', /becomes/],
  ['numeric(10,4)[]', 'numeric(10,2)[]', /becomes/],
  ['real', 'double precision', undefined],
  ['real', 'numeric', /becomes/],
  ['double precision', 'numeric', /becomes/],
  ['numeric', 'money', /becomes/],
  ['character varying(9)', 'character varying(3)', /blanks at its end are cut/],
  ['text', 'character varying(40)', /longer than 40 characters/],
  ['name', 'character varying(40)', /longer than 40 characters/],
  ['text[]', 'character varying(3)[]', /becomes/],
  ['text', 'character(3)', /becomes/],
  ['character varying(3)', 'character varying(9)', undefined],
  ['text', 'boolean', undefined, '"Of it"::boolean'],
  ['text', 'date', /becomes/, '"Of it"::date'],
  ['json', 'jsonb', /becomes/],
  ['jsonb', 'json', undefined],
  ['inet', 'cidr', /becomes/],
  ['cidr', 'inet', undefined],
  ['interval', 'interval year to month', /becomes/],
  ['interval', 'time without time zone', /becomes/],
  ['time with time zone', 'time without time zone', /becomes/],
  ['timestamp(3) without time zone', 'timestamp(0) without time zone', /becomes/],
  ['bit(8)', 'bit(4)', /becomes/, '"Of it"::bit(4)'],
  ['date', 'timestamp without time zone', undefined],
  ['date', 'timestamp with time zone', /time zone/, `"Of it"::timestamp at time zone 'UTC'`],
  ['timestamp with time zone', 'date', /time zone/, `"Of it" at time zone 'UTC'`],
  ['timestamp with time zone', 'timestamp without time zone', /time zone/, `"Of it" at time zone 'UTC'`],
  ['timestamp without time zone', 'timestamp with time zone', /time zone/, `"Of it" at time zone 'UTC'`],
  ['time without time zone', 'time with time zone', /time zone/, `("Of it"::text || ' UTC')::timetz`],
];

for (const [from, to, loss, using] of cases)
  test(`${from} to ${to}`, () =>
    onServer(async (client) => {
      await client.query('begin');
      const cast = await castOf(client, column(from), column(to), []);
      assert.equal(cast.using, using);
      assert.equal(cast.suggestion, undefined);
      if (loss) assert.match(cast.loss ?? '', loss);
      else assert.equal(cast.loss, undefined);
    }));

for (const [from, to] of [
  ['integer', 'uuid'],
  ['bigint', 'timestamp with time zone'],
  ['boolean', 'jsonb'],
] as const)
  test(`${from} to ${to}: what is offered works, and there is a way back`, () =>
    onServer(async (client) => {
      await client.query('begin');
      await client.query(`create table t ("Of it" ${from})`);
      const { using, suggestion = '' } = await castOf(client, column(from), column(to), []);
      assert.equal(using, undefined);
      await client.query(`alter table t alter column "Of it" type ${to} using ${suggestion}`);
      const back = await wayBack(client, column(from), column(to), { using: suggestion, prelude: [] });
      assert.ok(back, suggestion);
      await client.query(`alter table t alter column "Of it" type ${from} using ${back}`);
    }));

test('where nothing converts a value, the expression that is offered is at least one', () =>
  onServer(async (client) => {
    await client.query('begin');
    assert.deepEqual(await castOf(client, column('point'), column('uuid'), []), { suggestion: 'null::uuid' });
  }));
