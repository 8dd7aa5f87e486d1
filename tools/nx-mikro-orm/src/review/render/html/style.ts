/** How the page looks: by day and by night, on a wide screen and on a phone. */
export const style = `
:root { color-scheme: light dark; --ground: #fff; --ink: #1c2024; --soft: #5c6670; --line: #d5dae0; --panel: #f4f6f8;
  --readers: #c62f38; --writers: #c77700; --good: #1a7f4b; --link: #0b62c4; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #14171a; --ink: #e4e8ec; --soft: #98a3ae; --line: #333a41; --panel: #1d2226;
    --readers: #f0636b; --writers: #e8a33d; --good: #4cc38a; --link: #6cb2ff; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 72rem; background: var(--ground); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.4rem; margin: 0 0 .5rem; }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
h3 { font-size: 1rem; margin: 0 0 .25rem; }
a { color: var(--link); }
em { font-style: normal; font-size: .8rem; color: var(--soft); }
.quiet { color: var(--soft); font-size: .85rem; margin: .1rem 0; }
.verdict { padding: .6rem .8rem; border-left: .3rem solid var(--good); background: var(--panel); margin: 0; }
.verdict.stop { border-color: var(--readers); }
.careful { margin: 0; padding-left: 1.2rem; }
.timeline section { padding: .5rem 0; border-top: 1px solid var(--line); }
.axis { display: flex; justify-content: space-between; margin: 0 0 .25rem 12rem; font-size: .8rem; color: var(--soft); }
.lock { display: grid; grid-template-columns: 12rem 1fr; column-gap: .5rem; align-items: center; margin: .2rem 0; }
.lock .long { grid-column: 2; font-size: .85rem; color: var(--soft); }
.track { position: relative; display: block; height: 1rem; background: var(--panel); border-radius: .2rem; }
.bar { position: absolute; top: 0; bottom: 0; min-width: 3px; border-radius: .2rem; }
.readers { background: var(--readers); }
.writers { background: var(--writers); }
.unknown { background: repeating-linear-gradient(45deg, var(--soft) 0 4px, transparent 4px 8px); }
.legend { font-size: .85rem; color: var(--soft); }
.key { display: inline-block; width: 1.4rem; height: .8rem; border-radius: .2rem; vertical-align: middle; }
.step { padding: .8rem 0; border-top: 1px solid var(--line); }
.statement { display: grid; grid-template-columns: 3fr 2fr; gap: .8rem; margin: .5rem 0; align-items: start; }
pre { margin: 0; padding: .6rem; background: var(--panel); border-radius: .3rem; overflow-x: auto; white-space: pre-wrap; }
code { font: .85rem/1.45 ui-monospace, monospace; }
.statement ul { margin: 0; padding: 0; list-style: none; font-size: .9rem; }
.statement li { padding: .3rem .6rem; margin-bottom: .4rem; border-left: .25rem solid var(--line); }
.statement li.error { border-color: var(--readers); }
.statement li.warning { border-color: var(--writers); }
.instead { color: var(--soft); }
.graph { display: flex; gap: .4rem; }
.graph svg { flex: none; }
.graph path { fill: none; stroke: var(--soft); stroke-width: 2; }
.graph circle { stroke: var(--soft); stroke-width: 2; fill: var(--good); }
.graph circle.pending { fill: var(--writers); }
.graph circle.later { fill: var(--ground); }
.graph ol { margin: 0; padding: 0; list-style: none; min-width: 0; flex: 1; }
.graph li { height: 28px; line-height: 28px; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
@media (max-width: 44rem) {
  .statement, .lock { grid-template-columns: minmax(0, 1fr); }
  .lock .long { grid-column: 1; }
  .axis { margin-left: 0; }
}
`;
