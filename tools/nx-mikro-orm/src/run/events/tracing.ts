import type { Target } from '../../postgres/connect/connect.ts';
import type { OnEvent } from './events.ts';

/** Where @opentelemetry/api 1.x keeps what was registered, whichever copy of it did (its `global-utils`). */
const registry = Symbol.for('opentelemetry.js.api.1');

/**
 * Turns the events of a run into trace spans. Undefined when nobody in this process has registered a tracer: then nothing
 * more than this file is loaded.
 */
export async function tracingOf(target: Target, doing: string): Promise<OnEvent | undefined> {
  const registered = (globalThis as Record<symbol, { trace?: unknown } | undefined>)[registry];
  if (!registered?.trace) return undefined;
  const api = await import('@opentelemetry/api').catch(() => undefined);
  if (!api) return undefined;
  const { Spans } = await import('./spans.ts');
  const spans = new Spans(api, target, doing);
  return (event) => spans.hear(event);
}
