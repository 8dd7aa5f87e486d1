import { readRecord } from '../src/diff/questions/decision.ts';
import type { Decision } from '../src/diff/questions/question.ts';

/** Decisions as they are recorded: `rename teacher.ssn:nickname`. */
export const decisionsOf = (texts: readonly string[] = []): Decision[] => texts.map(readRecord);
