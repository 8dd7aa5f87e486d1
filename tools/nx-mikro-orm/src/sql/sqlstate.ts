/** PostgreSQL's codes of what it refuses (appendix A of its manual), by the names that it gives them. */
export const sqlstate = {
  activeSqlTransaction: '25001',
  adminShutdown: '57P01',
  cannotConnectNow: '57P03',
  crashShutdown: '57P02',
  deadlockDetected: '40P01',
  duplicateColumn: '42701',
  duplicateDatabase: '42P04',
  duplicateObject: '42710',
  duplicateTable: '42P07',
  featureNotSupported: '0A000',
  idleInTransactionSessionTimeout: '25P03',
  insufficientPrivilege: '42501',
  internalError: 'XX000',
  invalidAuthorization: '28000',
  invalidCatalogName: '3D000',
  invalidPassword: '28P01',
  invalidSchemaName: '3F000',
  invalidTransactionTermination: '2D000',
  lockNotAvailable: '55P03',
  objectInUse: '55006',
  prohibitedSqlStatementAttempted: '2F003',
  queryCanceled: '57014',
  readOnlySqlTransaction: '25006',
  serializationFailure: '40001',
  undefinedColumn: '42703',
  undefinedFunction: '42883',
  undefinedObject: '42704',
  undefinedTable: '42P01',
  uniqueViolation: '23505',
  unsafeNewEnumValue: '55P04',
} as const;

/** Their classes: the first two characters of a code. */
const classes = {
  connectionException: '08',
  dataException: '22',
  syntaxErrorOrAccessRuleViolation: '42',
  integrityConstraintViolation: '23',
  invalidAuthorizationSpecification: '28',
  insufficientResources: '53',
  operatorIntervention: '57',
} as const;

type Code = (typeof sqlstate)[keyof typeof sqlstate];

/** The code of an error of the server, or of the system's for a socket; empty when it has none. */
export function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : '';
}

/** Whether an error is one of these. */
export const isState = (error: unknown, ...codes: Code[]): boolean => (codes as string[]).includes(codeOf(error));

/** Whether a code is one of the server's; the system's have five letters, too: `EPIPE`. */
export const isSqlstate = (code: string): boolean => /^(?!E[A-Z]+$)[0-9A-Z]{5}$/.test(code);

/** Whether an error is the server's, and of one of these classes. */
export const isOfClass = (error: unknown, ...names: (keyof typeof classes)[]): boolean =>
  isSqlstate(codeOf(error)) && names.some((name) => codeOf(error).startsWith(classes[name]));
