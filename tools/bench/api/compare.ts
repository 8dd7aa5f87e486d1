import { median } from '../measure.ts';
import { load, type Outcome } from './load.ts';
import type { Service } from './services.ts';

/** The two reads, by their address. */
const reads = ['/teachers/500', '/teachers?limit=20'];

/** What one service came to on one read: medians of the rounds. */
export interface Read {
  read: string;
  ours: Outcome;
  bare: Outcome;
  /** Ours divided by theirs, of each round. */
  ratios: number[];
}

/** Measures both services on each read, one after the other, in so many rounds; who begins alternates. */
export async function compare(
  { ours, bare }: { ours: Service; bare: Service },
  options: { rounds: number; seconds: number; say: (line: string) => void },
): Promise<Read[]> {
  const found: Read[] = [];
  for (const read of reads) {
    for (const service of [ours, bare]) await load(service.address + read, 2).outcome;
    const taken: { ours: Outcome; bare: Outcome }[] = [];
    for (let round = 1; round <= options.rounds; round++) {
      options.say(`${read} ${round}/${options.rounds}`);
      const outcomes = new Map<Service, Outcome>();
      for (const service of round % 2 ? [ours, bare] : [bare, ours])
        outcomes.set(service, await load(service.address + read, options.seconds).outcome);
      taken.push({ ours: outcomes.get(ours)!, bare: outcomes.get(bare)! });
    }
    found.push({
      read,
      ours: middle(taken.map((pair) => pair.ours)),
      bare: middle(taken.map((pair) => pair.bare)),
      ratios: taken.map((pair) => pair.ours.perSecond / pair.bare.perSecond),
    });
  }
  return found;
}

const middle = (outcomes: Outcome[]): Outcome => {
  const of = (key: keyof Outcome) => median(outcomes.map((outcome) => outcome[key]));
  return {
    requests: of('requests'),
    perSecond: of('perSecond'),
    p50: of('p50'),
    p99: of('p99'),
    max: Math.max(...outcomes.map(({ max }) => max)),
    lost: outcomes.reduce((sum, { lost }) => sum + lost, 0),
  };
};
