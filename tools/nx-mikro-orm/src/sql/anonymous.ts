/** Statements that define something: what stands in them is the schema, which the revisions tell anybody. */
const defines = /^\s*(create|alter|drop|comment|reindex|refresh|vacuum|analyze|cluster|truncate|grant|revoke)\b/i;

/** Of a longer text, the beginning. */
const longest = 2_000;

/**
 * A statement as it may be shown to others than those who run it: without comments, and without the values that are
 * data. A single definition keeps its own, unless it speaks of a password. What is not closed counts as a value.
 */
export function anonymous(sql: string): string {
  const cut = sql.length > longest;
  const text = cut ? sql.slice(0, longest) : sql;
  const keep = defines.test(sql) && !/\bpassword\b/i.test(text) && !/;\s*\S/.test(text);
  const shown = text.replace(tokens, (token, identifier?: string) => {
    if (/^(--|\/\*)/.test(token)) return ' ';
    return identifier !== undefined || keep ? token : '?';
  });
  return shown.replace(/\s+/g, ' ').trim() + (cut ? '…' : '');
}

/** Comments; what is a name though it contains digits or quotes (group 1); values. */
const tokens = new RegExp(
  [
    String.raw`--[^\n]*|\/\*[^]*?(?:\*\/|$)`,
    String.raw`("(?:[^"]|"")*(?:"|$)|\$\d+)`,
    String.raw`\b[eE]'(?:\\[^]|''|[^'\\])*(?:'|$)|(?:\b(?:[bBxXnN]|[uU]&))?'(?:''|[^'])*(?:'|$)`,
    String.raw`\$(?<tag>(?:[A-Za-z_\x80-\uffff][\w\x80-\uffff]*)?)\$[^]*?(?:\$\k<tag>\$|$)`,
    String.raw`(?<![\w$\x80-\uffff])\d[\w.]*`,
  ].join('|'),
  'g',
);

const words =
  /^(?:create|alter|drop|or|replace|unique|temp|temporary|unlogged|materialized|recursive|view|table|index|concurrently|function|procedure|trigger|type|schema|sequence|extension|policy|role|domain|aggregate|operator|comment|on|insert|into|update|delete|from|select|with|do|call|vacuum|full|analyze|reindex|refresh|truncate|set|reset|grant|revoke|merge|copy|lock|notify|cluster)$/i;

/** What kind of statement it is, in its own first words: `CREATE INDEX CONCURRENTLY`. The same for many statements. */
export function summary(sql: string): string {
  const found = [];
  for (const word of anonymous(sql.slice(0, longest)).split(/[\s(;]+/, 5)) {
    if (!words.test(word)) break;
    found.push(word.toUpperCase());
  }
  return found.join(' ') || 'SQL';
}
