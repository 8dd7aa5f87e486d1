import type { Schema } from '../schema.ts';
import { beyond, ground } from './handwork.ts';
import { counting, numbered, unlettered, unpadded } from './keys.ts';
import { orderManagement } from './models.ts';
import { dated, exact, totals } from './money.ts';
import { addressed, apart, parcelled } from './places.ts';
import { rows } from './rows.ts';
import { packed, told, unheld } from './status.ts';

export const orders: Schema = {
  ground,
  models: orderManagement,
  beyond,
  rows,
  changes: {
    'prices are exact, and yes is not 1': exact,
    'a price holds from a day on': dated,
    'a discount is a whole per cent, and a line knows its total': totals,
    'codes end where they end': unpadded,
    'keys are integers, and count by themselves': counting,
    'customers are numbered': numbered,
    'orders know customers by their numbers': unlettered,
    'an order says how far it is': told,
    'an order is placed, and packed before it is shipped': packed,
    'no order is held': unheld,
    'addresses are in one table': addressed,
    'people have a schema of their own': apart,
    'an order goes out in parcels, kept by year': parcelled,
  },
};
