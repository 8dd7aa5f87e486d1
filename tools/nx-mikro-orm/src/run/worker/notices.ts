import type { Client } from 'pg';
import type { Step } from '../../history/revision.ts';
import { stepEvent, type RunEvent } from '../events/events.ts';

/** What the server says of a step beside its answers, while it runs: `raise notice`, `raise warning`, and warnings of its own. */
export interface Notices {
  /** From now on, they are of this step. */
  begin: (step: Step) => void;
  /** Those of a revision that are kept for the journal. */
  of: (revision: string) => string[] | undefined;
  stop: () => void;
}

/** Of one step, so many are told, and so many characters of each; the rest is counted. A loop raises millions. */
const most = 100;
const longest = 2_000;
/** The journal is read by people: of each, the beginning, and not so many. */
const mostKept = 20;
const longestKept = 500;

const severities = ['WARNING', 'NOTICE', 'INFO'];

/** A rollback of ours that finds nothing to roll back. */
const ofOurs = '25P01';

/** Listens on the connection that runs revisions. */
export function hearNotices(client: Client, tell: (event: RunEvent) => void): Notices {
  const kept = new Map<string, { count: number; texts: string[] }>();
  let current: Step | undefined;
  const hear = (notice: { severity?: string | undefined; message?: string | undefined; code?: string | undefined }) => {
    const { severity = 'NOTICE', message = '', code } = notice;
    if (!current || code === ofOurs || !severities.includes(severity)) return;
    const { name } = current.revision;
    const heard = kept.get(name) ?? { count: 0, texts: [] };
    kept.set(name, heard);
    heard.count++;
    if (heard.texts.length < mostKept) heard.texts.push(`${severity}: ${shortened(message, longestKept)}`);
    if (heard.count > most) return;
    const text = heard.count < most ? shortened(message, longest) : 'there are more, which are not shown';
    tell({ type: 'notice', ...stepEvent(current), severity, code, message: text });
  };
  client.on('notice', hear);
  return {
    begin: (step) => {
      current = step;
      kept.delete(step.revision.name);
    },
    of: (revision) => {
      const { count, texts } = kept.get(revision) ?? { count: 0, texts: [] };
      if (count === 0) return undefined;
      return count > texts.length ? [...texts, `… and ${count - texts.length} more`] : texts;
    },
    stop: () => void client.off('notice', hear),
  };
}

const shortened = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most)}…` : text);
