import assert from 'node:assert/strict';
import { Problem } from '../src/errors.ts';

/** The problem that work ends with; anything else, and success, fails the test. */
export async function refused(work: Promise<unknown>): Promise<Problem> {
  try {
    await work;
  } catch (error) {
    assert.ok(error instanceof Problem, String((error as Error).stack));
    return error;
  }
  assert.fail('it was not refused');
}
