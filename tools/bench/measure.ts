import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import type { Action, Case } from './cases.ts';
import type { Command, Peer } from './peers/peer.ts';
import { filesOf, openSite, resetSite, type Site } from './site.ts';

/** A tool, ready to be measured in one case. */
interface Subject {
  peer: Peer;
  site: Site;
  command: Command;
  files: Set<string>;
  /** Of the first run, which is not measured. */
  peak: number | undefined;
}

/** What one peer came to in one case. Seconds; `ratio` is ours divided by theirs. */
export interface Finding {
  case: string;
  peer: string;
  seconds: number;
  ours: number;
  ratio: number;
  ratios: number[];
  target: number | undefined;
  /** The most memory that each took, in megabytes, where the system tells. */
  oursPeak: number | undefined;
  peak: number | undefined;
}

/** Measures ours beside each peer, as whole processes. Every peer runs right before or right after ours. */
export async function measureCase(
  server: string,
  which: Case,
  who: { ours: Peer; peers: Peer[] },
  options: { runs: number; say: (line: string) => void },
): Promise<Finding[]> {
  const ours = await ready(server, which, who.ours);
  if (!ours) throw new Error(`${who.ours.name} cannot do ${which.name}`);
  const others: Subject[] = [];
  for (const peer of who.peers) {
    const subject = await ready(server, which, peer).catch((error: unknown) => {
      options.say(`skipped  ${peer.name} in ${which.name}: ${(error as Error).message}`);
      return undefined;
    });
    if (subject) others.push(subject);
  }
  const pairs = new Map(others.map((other) => [other, [] as { ours: number; theirs: number }[]]));
  for (let run = 1; run <= options.runs; run++) {
    options.say(`${which.name} ${run}/${options.runs}`);
    for (let at = 0; at < others.length; at += 2) {
      // Before ours in one round, after it in the next: what drifts with time falls on both.
      const [a, b] = run % 2 ? [others[at], others[at + 1]] : [others[at + 1], others[at]];
      const first = a && (await measure(a));
      const middle = await measure(ours);
      const last = b && (await measure(b));
      if (a && first !== undefined) pairs.get(a)?.push({ ours: middle, theirs: first });
      if (b && last !== undefined) pairs.get(b)?.push({ ours: middle, theirs: last });
    }
  }
  for (const { site } of [ours, ...others]) await site.close();
  return [...pairs].map(([{ peer, peak }, taken]) => ({
    case: which.name,
    peer: peer.name,
    seconds: median(taken.map(({ theirs }) => theirs)),
    ours: median(taken.map((pair) => pair.ours)),
    ratio: median(taken.map((pair) => pair.ours / pair.theirs)),
    ratios: taken.map((pair) => pair.ours / pair.theirs),
    target: which.reach[peer.name],
    oursPeak: ours.peak,
    peak,
  }));
}

/** Prepares a tool, brings its database where the case wants it, and runs the command once to warm its caches. */
async function ready(server: string, which: Case, peer: Peer): Promise<Subject | undefined> {
  const site = await openSite(server, which, peer);
  const command = peer.command(site, which.action);
  if (!command) return undefined;
  peer.prepare(site);
  const files = filesOf(site);
  const up = which.database === 'at-head' ? peer.command(site, 'up' satisfies Action) : undefined;
  if (up) await run(site, up);
  let peak: number | undefined;
  await run(site, command, (megabytes) => (peak = Math.max(peak ?? 0, megabytes)));
  return { peer, site, command, files, peak };
}

/** One measurement, in seconds of the wall clock. */
async function measure({ site, command, files }: Subject): Promise<number> {
  await resetSite(site, files);
  return run(site, command);
}

async function run(
  site: Site,
  { program, args, env, cwd }: Command,
  onPeak?: (megabytes: number) => void,
): Promise<number> {
  // Into a file: reading a pipe meanwhile would take a core from who is measured.
  const output = join(site.folder, 'output.txt');
  const file = openSync(output, 'w');
  const began = performance.now();
  const child = spawn(program, args, {
    cwd: cwd ?? site.folder,
    env: { ...process.env, ...site.env, ...env },
    stdio: ['ignore', file, file],
  });
  if (onPeak) void watchMemory(child, onPeak);
  const code = await new Promise<number | string | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (status, signal) => resolve(status ?? signal));
  }).finally(() => closeSync(file));
  const seconds = (performance.now() - began) / 1000;
  if (code === 0) return seconds;
  const words = [program, ...args].join(' ');
  const tail = readFileSync(output, 'utf8').trim().split('\n').slice(-15).join('\n');
  throw new Error(`${words} ended with ${code}:\n${tail}`.replaceAll(new URL(site.url).password, '***'));
}

/** Looks again and again at what a process has taken at most. Costs some time, so never while it is measured. */
async function watchMemory(child: ChildProcess, onPeak: (megabytes: number) => void): Promise<void> {
  while (child.exitCode === null && child.signalCode === null) {
    try {
      const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8')) ?? [];
      if (kilobytes !== undefined) onPeak(Number(kilobytes) / 1024);
    } catch {
      // Not every system tells.
      return;
    }
    await sleep(10);
  }
}

/** The middle one; between the two middle ones where there is none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  const [high, low] = [sorted[half] ?? NaN, sorted[half - 1] ?? NaN];
  return sorted.length % 2 ? high : (high + low) / 2;
}
