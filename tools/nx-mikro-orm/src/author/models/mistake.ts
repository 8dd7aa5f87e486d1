/** Something wrong with the set of models, found before anything is compared. */
export interface Mistake {
  kind: 'broken' | 'unregistered' | 'rejected' | 'tableless' | 'shared' | 'long' | 'twice' | 'ignored';
  /** File and line, from the workspace; the file alone, or nothing, where the text does not show it. */
  place: string | undefined;
  /** A sentence without a full stop, with the entity's name. */
  what: string;
  /** What to do about it. */
  mend: string;
}
