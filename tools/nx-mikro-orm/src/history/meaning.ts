import { createHash } from 'node:crypto';
import { normalSql } from '../sql/normal.ts';
export const checksumOf = (c: { up: readonly string[]; down: readonly string[] | undefined; transactional: boolean; code: string | undefined }): string =>
  createHash('sha256').update(JSON.stringify([c.up.map(normalSql), c.down?.map(normalSql) ?? null, c.transactional, c.code ?? null])).digest('hex');
export const normalCode = (source: string): string => source;
