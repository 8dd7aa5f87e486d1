/** What becomes of values when a column gets another type. */
export interface Cast {
  /** The expression that has to be said; undefined where the server converts by itself, or there is no way. */
  using?: string | undefined;
  /** What is lost or guessed without a word of the server's, as sentences. */
  loss?: string | undefined;
  /** Other expressions that a person may mean, and what each does to values, as sentences. */
  others?: { using: string; does: string }[] | undefined;
  /** The server has no cast; this expression was tried, and gives the new type. */
  suggestion?: string | undefined;
}
