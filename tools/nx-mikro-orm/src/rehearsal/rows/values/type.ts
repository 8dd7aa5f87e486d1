/** A type, as far as values of it have to be made. */
export interface Type {
  id: number;
  name: string;
  format: string;
  builtIn: boolean;
  /** As in pg_type: base, composite, domain, enum, range, multirange. */
  kind: string;
  category: string;
  delimiter: string;
  isArray: boolean;
  element: number;
  base: number;
  /** Of a domain: the type below it, with its modifiers. */
  baseFormat: string | null;
  notNull: boolean;
  labels: string[] | null;
  attributes: { type: number; format: string }[] | null;
  /** Of a range: what it is of. Of a multirange: the range. */
  of: number | null;
  /** Of a domain: conditions on VALUE. */
  checks: string[] | null;
}
