import type { Client } from 'pg';
import type { Project } from '../config.ts';
import { problem } from '../errors.ts';
import { findName } from '../history/nearest.ts';
import { withBookkeeping } from '../ledger/bookkeeping.ts';
import { booksProblem, connectToRead, findTarget, type Target } from '../postgres/connect/connect.ts';
import { flags, wholesale, type Inconsistency, type Flag, type Survey } from './finding.ts';
import { inconsistencyKinds } from './kinds.ts';
import { readFiles, see } from './see.ts';

export interface Inconsistencies {
  target: Target;
  findings: Inconsistency[];
}

/** Everything about the target database that does not fit. Takes no lock, changes nothing. */
export async function findInconsistencies(project: Project): Promise<Inconsistencies> {
  const target = await findTarget(project);
  const client = await connectToRead(project, target);
  if (!client) {
    const { broken } = readFiles(project);
    if (broken) throw broken;
    return { target, findings: [] };
  }
  try {
    return { target, findings: await inconsistenciesIn(project, client) };
  } catch (error) {
    throw booksProblem(error, target);
  } finally {
    await client.end();
  }
}

export const inconsistenciesIn = async (project: Project, client: Client): Promise<Inconsistency[]> =>
  findAll(await see(project, client, { locked: false }));

async function findAll(seen: Survey, flag?: Flag): Promise<Inconsistency[]> {
  const findings: Inconsistency[] = [];
  for (const { needs, flags: own, find } of inconsistencyKinds) {
    if (flag !== undefined && !own.includes(flag)) continue;
    if (needs === 'database' || (needs === 'files' ? seen.files : !seen.broken)) findings.push(...(await find(seen)));
  }
  return findings;
}

/** What to mend: one thing. */
export interface MendRequest {
  flag: Flag;
  /** A revision or an index, or an unambiguous part of its name. To adopt and refresh: or `all`. */
  about: string;
  reason: string | undefined;
}

export interface Mended {
  target: Target;
  kind: string;
  about: string[];
  /** What was done, in a sentence. */
  done: string;
}

/**
 * Mends one thing, which is looked for again under the lock, and writes it into the journal.
 * @throws reason-missing, repair-nothing, repair-failed, and what {@link withBookkeeping} throws
 */
export async function mend(
  project: Project,
  request: MendRequest,
  onWaiting?: (holder: string) => void,
): Promise<Mended> {
  const { flag, about, reason } = request;
  if (flags[flag].reason && !reason?.trim())
    throw problem('reason-missing', { command: 'repair', option: `--${flag} ${about}` });
  const target = await findTarget(project);
  const client = await connectToRead(project, target);
  if (!client) throw problem('repair-nothing', { flag, about, others: [] });
  try {
    return await withBookkeeping(project, client, { target, doing: 'repair', onWaiting }, async (bookkeeping) => {
      const findings = await findAll(await see(project, client, { locked: true }), flag);
      const { finding, names } = choose(findings, request);
      const remedy = finding.remedies.find((one) => one.flag === flag);
      if (!remedy) throw problem('repair-nothing', { flag, about, others: [] });
      const done = await remedy.mend(bookkeeping, names, reason);
      return { target, kind: finding.kind, about: names, done };
    });
  } catch (error) {
    throw booksProblem(error, target);
  } finally {
    await client.end();
  }
}

function choose(
  all: readonly Inconsistency[],
  { flag, about }: MendRequest,
): { finding: Inconsistency; names: string[] } {
  const findings = all.filter(({ remedies }) => remedies.some((remedy) => remedy.flag === flag));
  const others = findings.flatMap((finding) => finding.about);
  const [first] = findings;
  if (about === 'all' && wholesale.has(flag) && first) return { finding: first, names: first.about };
  if (!others.some((name) => name.includes(about))) throw problem('repair-nothing', { flag, about, others });
  const name = findName(others, about);
  const finding = findings.find((one) => one.about.includes(name));
  if (!finding) throw problem('repair-nothing', { flag, about, others });
  return { finding, names: [name] };
}
