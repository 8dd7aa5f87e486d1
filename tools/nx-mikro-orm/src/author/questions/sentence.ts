import { namesIn, subjectOf } from './decision.ts';
import type { Decision } from './question.ts';

/** What a decision was, for whoever reads the revision: `Column teacher.ssn was renamed to nickname.` One line. */
export const sentenceOf = (decision: Decision): string => oneLine(said(decision));

function said({ kind, subject, value = '', thing }: Decision): string {
  const it = thing === undefined ? subject : `${capital(thing)} ${subject}`;
  switch (kind) {
    case 'rename':
      return `${it} was renamed to ${value}.`;
    case 'drop':
      return thing === 'enum value'
        ? `${it} was dropped: no row held it.`
        : `${it} was dropped, with all that it held.`;
    case 'keep':
      return `${it} was kept, though no model knows it.`;
    case 'fill':
      return value === ''
        ? `${it} came without a value for rows: none were to be there.`
        : `Rows that were there got ${value} in ${subject}.`;
    case 'map': {
      const names = namesIn(subject);
      return `Rows that held ${names.at(-1) ?? ''} of ${subjectOf(names.slice(0, -1))} got ${value}.`;
    }
    case 'using':
      return `Values of ${subject} were converted by ${value}.`;
  }
}

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

const oneLine = (text: string): string => text.replace(/\s+/g, ' ');
