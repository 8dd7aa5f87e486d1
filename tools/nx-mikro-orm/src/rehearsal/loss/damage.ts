/** What the statements so far would have done to the things that the database holds now; they are known by their oid. */
export class Damage {
  /** Tables whose rows are lost, and the statement by which. */
  readonly emptied = new Map<number, string>();
  /** Relations that are no longer there. */
  readonly gone = new Set<number>();
  /**
   * Columns that are no longer there, by their present name, of tables that may still be; and the statement by which. With
   * `only`, the table's children keep theirs.
   */
  readonly columns: { table: number; column: string; only: boolean; statement: string }[] = [];
  /** `table.column` of columns that got another type, and so no longer hang on the old one. */
  readonly retyped = new Set<string>();
  /** Partitions and children that were taken from their parent, and those that were given to one. */
  readonly detached: { child: number; parent: number }[] = [];
  readonly attached: { child: number; parent: number }[] = [];
  /** Relations that were moved to another schema, by its name. */
  readonly moved = new Map<number, string>();
  /** With the table or view whose rows it is about, where one is known. */
  readonly uncounted: { statement: string; why: string; relation?: number }[] = [];

  empty(table: number, statement: string): void {
    if (!this.emptied.has(table)) this.emptied.set(table, statement);
  }

  drop(table: number, statement: string): void {
    this.empty(table, statement);
    this.gone.add(table);
  }

  dropColumn(table: number, column: string, only: boolean, statement: string): void {
    if (!this.columns.some((one) => one.table === table && one.column === column))
      this.columns.push({ table, column, only, statement });
  }

  attach(child: number, parent: number): void {
    this.attached.push({ child, parent });
  }

  detach(child: number, parent: number): void {
    const again = this.attached.findIndex((link) => link.child === child && link.parent === parent);
    if (again >= 0) this.attached.splice(again, 1);
    else this.detached.push({ child, parent });
  }
}
