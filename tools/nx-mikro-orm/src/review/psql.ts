/** Rows as pg_dump writes them, and psql's own commands, of which it writes some since its security releases of 2025. */
const ofPsql = /^[ \t]*copy [^\n]* from stdin[^\n]*;\r?\n[^]*?^\\\.\r?$|^[ \t]*\\.*$/gim;

/** A text without what only psql understands; everything else stays where it is. */
export const withoutPsql = (text: string): string =>
  text.replace(/^\uFEFF/, ' ').replace(ofPsql, (lines) => lines.replace(/[^\n]/g, ' '));
