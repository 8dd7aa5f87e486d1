/** The ways to answer, and what each takes. Every one is an option of `create` by the same name. */
export const answers = {
  /** It has another name from now on; its values stay. `rename teacher.ssn:nickname` */
  rename: 'new name',
  /** It goes, with all that it holds. `drop teacher.ssn` */
  drop: undefined,
  /** It stays in the database though no model knows it, and is left alone from now on. `keep teacher.ssn` */
  keep: undefined,
  /** It is made anew with its rows, which are copied. `recreate lesson` */
  recreate: undefined,
  /** What rows that are there already get. `fill teacher.name:'unknown'` */
  fill: 'SQL expression',
  /** What rows that hold a value which goes get in its place. `map mood.sad:ok` */
  map: 'other value',
  /** How a value of the old type becomes one of the new. `using teacher.age:age::integer` */
  using: 'SQL expression',
} as const;

export type AnswerKind = keyof typeof answers;

/** An answer as it is typed (`--rename teacher.ssn:nickname`) and recorded (`rename teacher.ssn:nickname`). */
export interface Decision {
  kind: AnswerKind;
  /** What it is about: `table`, `table.column`, `type.value`; with the schema in front where that is not `public`. */
  subject: string;
  /** What follows the colon: a name without quotes, or an SQL expression. */
  value?: string | undefined;
  /** What the subject is, for sentences: `column`, `enum value`. An answer says it; nobody types it. */
  thing?: string | undefined;
}

/** One of the answers that a question has. */
export interface Answer extends Decision {
  /** What it would do: the statements, and what becomes of rows. */
  effect: { sql: string[]; data: string };
  /** The person has to write the value; `value` is then an example. */
  input?: true;
}

/** An ambiguity that is not guessed. */
export interface Question {
  /** What was found, as sentences that end in a question. */
  text: string;
  answers: Answer[];
  /** It may be answered, but need not be. */
  optional?: true;
  /** It wants an answer of its own: none that is for all questions. */
  single?: true;
}

/** Puts questions to somebody. Every one is answered, or it throws. */
export type Ask = (questions: readonly Question[]) => Promise<Decision[]>;
