import autocannon from 'autocannon';
import { headers } from './services.ts';

/** What came of one load. Times in milliseconds. */
export interface Outcome {
  requests: number;
  perSecond: number;
  p50: number;
  p99: number;
  max: number;
  /** Requests that were answered with anything but 2xx, or not at all. */
  lost: number;
}

/** A load that runs, and can be ended before its time. */
export interface Load {
  end: () => void;
  outcome: Promise<Outcome>;
}

/** Asks for one address over 32 connections, for at most so many seconds. */
export function load(url: string, seconds: number): Load {
  let end = () => {};
  const outcome = new Promise<Outcome>((resolve, reject) => {
    const running = autocannon({ url, headers, connections: 32, duration: seconds }, (error: unknown, result) => {
      if (error) return reject(new Error('autocannon failed', { cause: error }));
      const { requests, latency, non2xx, errors, timeouts } = result;
      resolve({
        requests: requests.total,
        perSecond: requests.average,
        p50: latency.p50,
        p99: latency.p99,
        max: latency.max,
        lost: non2xx + errors + timeouts,
      });
    });
    end = () => (running as unknown as { stop: () => void }).stop();
  });
  return { end, outcome };
}
