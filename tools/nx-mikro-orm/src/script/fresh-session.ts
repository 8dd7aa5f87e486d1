/**
 * What gives each step the session as the server opens it, with the time-outs of a run: `discard all` but for the lock that the
 * script holds.
 */
export const freshSession: readonly string[] = [
  'close all; set session authorization default; reset all; deallocate all; unlisten *; discard plans; discard sequences; discard temp;',
  "set application_name = 'nx-mikro-orm script'; set statement_timeout = 0; set lock_timeout = 0; set row_security = off;",
  'set idle_in_transaction_session_timeout = 300000; set idle_session_timeout = 0; set synchronous_commit = on;',
  "select pg_catalog.set_config('transaction_timeout', '0', false) where pg_catalog.current_setting('server_version_num')::int >= 170000 \\g /dev/null",
];
