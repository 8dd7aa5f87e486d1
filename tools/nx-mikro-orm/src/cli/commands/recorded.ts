/** What the ledger and the journal have of an attempt, as commands show it: in words to people, in fields to programs. */

interface Origin {
  by?: string | undefined;
  host?: string | undefined;
  branch?: string | undefined;
  commit?: string | undefined;
}

/** Who made it, and where: `ann@laptop`. */
export const byWhom = ({ by, host }: Origin): string => [by, host].filter(Boolean).join('@');

/** What was checked out: `main 0123456789ab`. */
export const fromWhich = ({ branch, commit }: Origin): string =>
  [branch, commit?.slice(0, 12)].filter(Boolean).join(' ');

/** A value in JSON: a time as text, null for nothing. */
type Field<Value> = Value extends Date ? string : Exclude<Value, undefined> | null;

/** Some fields of a record, in this order; all of them null where there is no record. */
export function fieldsOf<Row extends object, Name extends keyof Row & string>(
  row: Row | undefined,
  names: readonly Name[],
): { [Key in Name]: Field<Row[Key]> } {
  const fields = names.map((name) => {
    const value = row?.[name];
    return [name, value instanceof Date ? value.toISOString() : (value ?? null)];
  });
  return Object.fromEntries(fields) as { [Key in Name]: Field<Row[Key]> };
}
