/**
 * Settings that decide what a statement means, as the server has them by itself. A role or a database may have others: the
 * revision that was proven on scratch would then make something else, such as a default of `01/02/2024` that is another day.
 * So scratch and every run have these. Not among them: what people set on purpose for their data (search_path,
 * default_text_search_config, default_toast_compression).
 */
const plain = {
  datestyle: 'ISO, MDY',
  intervalstyle: 'postgres',
  timezone: 'UTC',
  standard_conforming_strings: 'on',
  escape_string_warning: 'on',
  backslash_quote: 'safe_encoding',
  bytea_output: 'hex',
  extra_float_digits: '1',
  xmloption: 'content',
  xmlbinary: 'base64',
  array_nulls: 'on',
  transform_null_equals: 'off',
  quote_all_identifiers: 'off',
  check_function_bodies: 'on',
  lc_monetary: 'C',
  lc_numeric: 'C',
  lc_time: 'C',
  default_tablespace: '',
  default_table_access_method: 'heap',
};

/** Sets them for the session. Qualified: a role's path may have functions of the same name in front. */
export const plainSettings = `select ${Object.entries(plain)
  .map(([name, value]) => `pg_catalog.set_config('${name}', '${value}', false)`)
  .join(', ')}`;

/**
 * Names without a schema go where they went on scratch: not into a schema that is called like the role. No backslash is in it, so
 * it says the same whatever `standard_conforming_strings` is.
 */
export const withoutUserSchema = `select pg_catalog.set_config('search_path',
  pg_catalog.regexp_replace(pg_catalog.current_setting('search_path'), '^ *"[$]user" *, *', ''), false)`;
