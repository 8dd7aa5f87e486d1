import { readiness, type Query, type Readiness } from './readiness.ts';

/**
 * Lets a service take requests once its database stands exactly at this build's history, and never migrates it. Closed at
 * first; it opens by itself, on the first {@link check} that finds the two in step.
 *
 * Once open, revisions that are new to this build do not close it: they come from the next build, whose deployment this
 * one has to live through. Revisions that are gone do close it. A database that does not answer leaves it as it was.
 */
export class Gate {
  readonly #query: Query;
  #open = false;
  #asking: Promise<Readiness> | undefined;

  constructor(query: Query) {
    this.#query = query;
  }

  get open(): boolean {
    return this.#open;
  }

  /** Asks the database, opens or closes accordingly. Whoever asks while a question runs gets the same answer. */
  check(): Promise<Readiness> {
    this.#asking ??= this.#ask().finally(() => (this.#asking = undefined));
    return this.#asking;
  }

  async #ask(): Promise<Readiness> {
    const found = await readiness(this.#query, { tolerateNewer: this.#open });
    if (found.ready) this.#open = true;
    else if (found.reason === 'behind' || found.reason === 'ahead') this.#open = false;
    return found;
  }
}
