/** The history as a graph, the newest revision on top. */
import { html, nothing, type Markup } from './markup.ts';

/** A revision of the history, and whether the database has it. */
export interface GraphNode {
  name: string;
  revises: readonly string[];
  /** Left for later: it is beyond the target of the plan. */
  state: 'applied' | 'pending' | 'later';
}

/** So many applied revisions are shown below those that are pending. */
const context = 8;

const [rowHeight, laneWidth] = [28, 18];

/** `nodes` in the order in which they run. */
export function graphOf(nodes: readonly GraphNode[], anchors: ReadonlyMap<string, string>): Markup {
  const first = nodes.findIndex(({ state }) => state !== 'applied');
  const from = Math.max((first < 0 ? nodes.length : first) - context, 0);
  const shown = nodes.slice(from).reverse();
  const lanes = lanesOf(shown);
  const width = (Math.max(0, ...lanes) + 1) * laneWidth;
  const x = (at: number) => (lanes[at] ?? 0) * laneWidth + laneWidth / 2;
  const y = (at: number) => at * rowHeight + rowHeight / 2;
  const rows = new Map(shown.map(({ name }, at) => [name, at]));
  const lines = shown.flatMap(({ revises }, at) =>
    revises.map((parent) => {
      const to = rows.get(parent);
      const [endX, endY] = to === undefined ? [x(at), shown.length * rowHeight] : [x(to), y(to)];
      const bend = y(at) + rowHeight / 2;
      return html`<path
        d="M${x(at)} ${y(at)}C${x(at)} ${bend} ${endX} ${bend} ${endX} ${bend + rowHeight / 2}V${endY}"
      />`;
    }),
  );
  const dots = shown.map(({ state }, at) => html`<circle class="${state}" cx="${x(at)}" cy="${y(at)}" r="5" />`);
  return html`<div class="graph">
      <svg width="${width}" height="${shown.length * rowHeight}" aria-hidden="true">${lines}${dots}</svg>
      <ol>
        ${shown.map((node) => rowOf(node, anchors))}
      </ol>
    </div>
    ${from > 0 ? html`<p class="quiet">and ${from} before them, which the database has</p>` : nothing}`;
}

const words = { applied: 'applied', pending: 'pending', later: 'not in this plan' };

function rowOf({ name, state }: GraphNode, anchors: ReadonlyMap<string, string>): Markup {
  const anchor = anchors.get(name);
  const label = anchor === undefined ? html`<span>${name}</span>` : html`<a href="#${anchor}">${name}</a>`;
  return html`<li class="${state}" title="${name}">${label} <em>${words[state]}</em></li>`;
}

/** The column of each revision: it goes on in that of its first follower, and a second parent gets one of its own. */
function lanesOf(shown: readonly GraphNode[]): number[] {
  const expected: (string | undefined)[] = [];
  const place = (name: string): number => {
    const known = expected.indexOf(name);
    if (known >= 0) return known;
    const free = expected.indexOf(undefined);
    const lane = free < 0 ? expected.length : free;
    expected[lane] = name;
    return lane;
  };
  return shown.map(({ name, revises: [parent, ...others] }) => {
    const lane = place(name);
    for (const [at, one] of expected.entries()) if (one === name) expected[at] = undefined;
    if (parent !== undefined && !expected.includes(parent)) expected[lane] = parent;
    others.forEach(place);
    return lane;
  });
}
