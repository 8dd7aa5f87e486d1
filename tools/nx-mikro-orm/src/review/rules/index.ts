/** Every rule. A new one is a file beside this and a line here. */
import type { Rule } from '../rule.ts';
import access from './access.ts';
import checkGone from './check-gone.ts';
import columnLost from './column-lost.ts';
import definer from './definer-path.ts';
import fails from './fails.ts';
import failsOnRows from './fails-on-rows.ts';
import fullScan from './full-scan.ts';
import impatientBuild from './impatient-build.ts';
import indexBuild from './index-build.ts';
import insertBreaks from './insert-breaks.ts';
import jsonColumn from './json-column.ts';
import keptInvalid from './kept-invalid.ts';
import lockHeld from './lock-held.ts';
import movedPath from './path-decides.ts';
import nameCut from './name-cut.ts';
import nameGone from './name-gone.ts';
import newReference from './new-reference.ts';
import newTrigger from './new-trigger.ts';
import nullAppears from './null-appears.ts';
import onlineForm from './online-form.ts';
import overload from './ambiguous-overload.ts';
import refusesTransaction from './refuses-transaction.ts';
import rowSecurity from './rows-hidden.ts';
import rowsLost from './rows-lost.ts';
import sessionLock from './session-lock.ts';
import sessionSetting from './session-setting.ts';
import tableRewrite from './table-rewrite.ts';
import tablespace from './moved-files.ts';
import transactionStatement from './transaction-statement.ts';
import typeChanged from './type-changed.ts';
import unboundedWrite from './unbounded-write.ts';
import valuesChanged from './values-changed.ts';

export const rules: readonly Rule[] = [
  fails,
  refusesTransaction,
  transactionStatement,
  tableRewrite,
  tablespace,
  fullScan,
  indexBuild,
  lockHeld,
  onlineForm,
  newReference,
  newTrigger,
  unboundedWrite,
  rowsLost,
  columnLost,
  valuesChanged,
  nameGone,
  insertBreaks,
  typeChanged,
  nullAppears,
  jsonColumn,
  overload,
  rowSecurity,
  checkGone,
  failsOnRows,
  keptInvalid,
  impatientBuild,
  sessionSetting,
  sessionLock,
  movedPath,
  nameCut,
  access,
  definer,
];
