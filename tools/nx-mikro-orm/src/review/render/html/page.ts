/** A plan as one page that needs nothing else: no network, no script. */
import { lossLines } from '../../../rehearsal/loss.ts';
import type { ReviewedPlan } from '../../target.ts';
import { verdictOf } from '../verdict.ts';
import { graphOf, type GraphNode } from './graph.ts';
import { html, Markup, nothing } from './markup.ts';
import { stepsOf } from './steps.ts';
import { style } from './style.ts';
import { timelineOf } from './timeline.ts';

/** `history` in the order in which it runs. */
export function planPage(plan: ReviewedPlan, history: readonly GraphNode[]): string[] {
  const { steps, loss, unjudged, database } = plan;
  const anchors = new Map(steps.map(({ name }, at) => [name, `step-${at + 1}`]));
  const { isReady, why } = verdictOf(plan);
  const lost = loss ? lossLines(loss) : [];
  const careful = listOf('Careful', unjudged);
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <title>Migration plan for ${database}</title>
        <style>
          ${new Markup(style)}
        </style>
      </head>
      <body>
        <header>
          <h1>Migration plan for ${database}</h1>
          <p class="verdict ${isReady ? 'ready' : 'stop'}">
            <strong>${isReady ? 'It can be merged' : 'Do not merge yet'}</strong>: ${why}
          </p>
        </header>
        <main>
          ${listOf('It would destroy', lost)}${careful}
          ${
            steps.length > 0
              ? html`<h2>Who waits, and for how long</h2>
                  ${timelineOf(steps)}
                  <h2>Statements</h2>
                  ${stepsOf(steps)}`
              : nothing
          }
          <h2>History</h2>
          ${graphOf(history, anchors)}
        </main>
      </body>
    </html>`.text.split('\n');
}

const listOf = (title: string, lines: readonly string[]): Markup =>
  lines.length > 0
    ? html`<h2>${title}</h2>
        <ul class="careful">
          ${lines.map((line) => html`<li>${line.trim()}</li>`)}
        </ul>`
    : nothing;
