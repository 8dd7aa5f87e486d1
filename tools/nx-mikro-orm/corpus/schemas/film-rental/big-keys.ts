import { p } from '@mikro-orm/core';
import type { Models } from '../models.ts';

/** Every key that counts by itself becomes a bigint, and what refers to it follows; so do the parameters of routines. */
export function bigKeys(models: Models): void {
  for (const [name, table] of Object.entries(models.tables)) {
    const key = `${name}_id`;
    if (!(key in table.columns)) continue;
    const wide = p.bigint().primary();
    models.set(name, { [key]: name === 'payment' ? wide.autoincrement() : wide });
  }
  for (const routine of ['inventory_in_stock', 'get_customer_balance'])
    for (const param of Object.values(models.routines[routine]?.params ?? {}))
      if (param.type === 'int') param.type = 'bigint';
}
