import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { problem } from '../../errors.ts';
import { accountFor, type Account } from './account.ts';
import { existingData, newPlace } from './place.ts';
import { putRight } from './restored.ts';
import { makeHome } from './trust.ts';
import { findBinaries, homeOf, prepareBinaries } from './binaries.ts';
import { initialise, type Launch, launch, type Site, tail } from './cluster.ts';
import { fileExists, passwordFile, readIfPresent, sweep } from './files.ts';
import { type Memory, recall, remember } from './memory.ts';
import { whoAnswers, choosePort } from './port.ts';
import { discardRecycledMark, runningPostmaster } from './postmaster.ts';

/** How long a server may take to start or to stop, in milliseconds. */
export const patience = 60_000;
/** Between two looks at a server that starts or stops, in milliseconds. */
export const pause = 15;

/** Decides where the data lies or will lie and who runs it, and makes the programs runnable for them. */
export function chooseSite(
  root: string,
  home: string,
  memory: Memory | undefined,
  settings: Record<string, string>,
): Site {
  const found = findBinaries(root);
  makeHome(home);
  const old = existingData(home, memory?.folder);
  const account = accountFor(old ?? join(home, 'data'));
  const place = old ? dirname(old) : newPlace(home, account);
  sweep(home);
  if (place !== home) sweep(place);
  const binaries = prepareBinaries(found, programsPlace(root, home, place, account), account);
  return { home, place, data: join(place, 'data'), binaries, account, settings };
}

/** Where a copy of the programs lies, should it need one: both servers of a workspace use the same. */
function programsPlace(root: string, home: string, place: string, account: Account | undefined): string {
  const main = homeOf(root);
  if (main === home) return place;
  makeHome(main);
  const old = existingData(main, recall(main)?.folder);
  return old ? dirname(old) : newPlace(main, account);
}

/**
 * Needs no lock file: renaming a finished data folder into place, and PostgreSQL's own pid file, decide who wins;
 * whoever loses goes around once more and finds the winner's server.
 */
export async function bringUp(
  site: Site,
  memory: Memory | undefined,
  onEvent: (line: string) => void,
): Promise<Memory> {
  const deadline = Date.now() + patience;
  const { data, home, binaries } = site;
  let avoid: number | undefined;
  let password = memory?.password;
  while (Date.now() < deadline) {
    if (!major(data)) {
      onEvent(`making a PostgreSQL ${binaries.major} data folder in ${data}`);
      await initialise(site);
    }
    password = passwordOf(data, password);
    let started: Launch | undefined;
    if (!runningPostmaster(data)) {
      assertMajor(site);
      putRight(data, site.account);
      discardRecycledMark(data, fileExists);
      avoid = await choosePort(recall(home)?.port ?? memory?.port, avoid);
      onEvent(`starting PostgreSQL ${binaries.major} on port ${avoid}`);
      started = launch(site, avoid);
    }
    const port = await untilReady(data, password, started, deadline);
    if (port !== undefined) {
      const now: Memory = { port, password, folder: data, major: major(data) ?? binaries.major };
      remember(home, now);
      return now;
    }
    if (started?.over()) {
      const end = endOf(started);
      if (end !== 'port-taken') avoid = undefined;
      if (end === 'failed') throw startFailed(home, started.said(), password, 'ended while it started');
    }
    await sleep(pause);
  }
  throw startFailed(home, tail(join(home, 'server.log'), 0), password, `was not ready within ${patience / 1000} s`);
}

/** The password that lies in the data folder, else the remembered one. @throws postgres-folder-unusable */
function passwordOf(data: string, remembered: string | undefined): string {
  const password = readIfPresent(join(data, passwordFile)) ?? remembered;
  if (password) return password;
  throw problem('postgres-folder-unusable', { folder: data, reason: `its ${passwordFile} is missing` });
}

/** @throws postgres-other-major */
function assertMajor({ data, binaries }: Site): void {
  const found = major(data) ?? 0;
  if (found !== binaries.major)
    throw problem('postgres-other-major', { folder: data, found, ours: binaries.major, aside: unused(data, found) });
}

/** Why a server that we started has ended; `raced`: the next attempt may well succeed. */
function endOf({ said, pid }: Launch): 'port-taken' | 'raced' | 'failed' {
  const own = said()
    .split('\n')
    .filter((line) => line.includes(`[${pid}]`))
    .join('\n');
  if (/could not bind|could not create any TCP/.test(own)) return 'port-taken';
  // Another process was faster, or backends of a killed postmaster are still on their way out.
  return /lock file ".*" (already exists|is empty)|pre-existing shared memory block/.test(own) ? 'raced' : 'failed';
}

const major = (data: string): number | undefined => Number(readIfPresent(join(data, 'PG_VERSION'))) || undefined;

/** A free name beside the data folder to move it to. */
function unused(data: string, found: number): string {
  for (let n = 1; ; n++) {
    const name = `${data}-${found}${n > 1 ? `-${n}` : ''}`;
    if (!existsSync(name)) return name;
  }
}

function startFailed(home: string, said: string, password: string | undefined, what: string): Error {
  const safe = password ? said.replaceAll(password, '********') : said;
  return problem('postgres-start-failed', {
    log: join(home, 'server.log'),
    what,
    lines: safe.trim().split('\n').slice(-10),
  });
}

/** The port once the server of `data` takes connections; undefined when it, or the one we started, has ended. */
async function untilReady(
  data: string,
  password: string,
  started: Launch | undefined,
  deadline: number,
): Promise<number | undefined> {
  while (Date.now() < deadline) {
    const running = runningPostmaster(data);
    if (running?.status === 'ready') {
      const answer = await whoAnswers(running.port, password);
      // Its pid file proves it to be ours, even if somebody loosened pg_hba.conf.
      if (answer === 'ours' || answer === 'unproven') return running.port;
      if (answer === 'wrong-password') {
        throw problem('postgres-folder-unusable', { folder: data, reason: 'the password of its server was changed' });
      }
    }
    if (started ? started.over() : !running) return undefined;
    await sleep(pause);
  }
  return undefined;
}
