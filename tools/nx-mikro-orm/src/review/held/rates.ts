/**
 * What work costs, in microseconds. Measured with PostgreSQL 18 on two shared cores of an AMD EPYC, the tables in memory, of
 * 84 and of 630 bytes a row: the best of three runs, per row of the narrow and of the wide one.
 *
 * | work                    | narrow | wide |
 * | ----------------------- | -----: | ---: |
 * | set not null, a check   |   0.05 |  0.2 |
 * | foreign key             |    0.5 |  1.2 |
 * | rewrite, with one index |    0.9 |  5.5 |
 * | index on a number       |    0.5 |  1.0 |
 * | index on the text       |    1.0 |  7.6 |
 * | update, with one index  |    4.6 |   16 |
 * | insert, with one index  |    2.7 |   13 |
 * | delete of every other   |    0.3 |  1.9 |
 *
 * The rates are above these, but for reading: larger tables took up to three times as long per row, and a server at work has other
 * things to do.
 */
export const rates = {
  /** Per byte that is read; and per row that is looked at. */
  readByte: 0.001,
  checkRow: 0.03,
  /** Per row whose reference is looked up. */
  lookUpRow: 1.2,
  /** Per row, and byte, of a table that is written anew. */
  rewriteRow: 0.8,
  rewriteByte: 0.01,
  /** Per row, and byte of its key, of an index that is built. */
  indexRow: 0.7,
  indexByte: 0.012,
  /** Per row, per index of the table, and per byte, of rows that are inserted or changed. */
  writeRow: 4,
  writeIndex: 2.5,
  writeByte: 0.02,
  deleteRow: 1.2,
  deleteByte: 0.004,
} as const;

/** Another machine, a cold cache or a busy disk is so many times faster or slower. */
export const spread = 2.8;
