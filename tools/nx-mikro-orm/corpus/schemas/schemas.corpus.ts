/** Sample schemas that people know, built, changed over the years, and taken back, with rows in them. */
import { describe } from 'node:test';
import { film } from './film-rental/index.ts';
import { music } from './music-store/index.ts';
import { orders } from './order-management/index.ts';
import { testSchema } from './run.ts';

void describe('schemas', { concurrency: 2 }, () => {
  testSchema('a film rental', film);
  testSchema('a music store', music);
  testSchema('order management', orders);
});
