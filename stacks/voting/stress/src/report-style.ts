/** The look of the report: light and dark, from a phone's width up. */
export const REPORT_STYLE = `
:root {
  color-scheme: light dark;
  --paper: #f6f5f1; --card: #ffffff; --ink: #1d1d1f; --soft: #5c5c63; --line: #dcdad2;
  --good: #14692f; --good-paper: #e3f2e6; --bad: #a3231b; --bad-paper: #fbe7e4;
  --bar: #5a87c9; --accepted: #2862b8; --queued: #b06c00; --persisted: #17804f; --visible: #a3368a;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #17181b; --card: #222429; --ink: #f0f0f2; --soft: #a9aab2; --line: #3d4048;
    --good: #86d79c; --good-paper: #1d3324; --bad: #ff9d94; --bad-paper: #45211e;
    --bar: #5f8fd6; --accepted: #7fb0ff; --queued: #f0b350; --persisted: #5fd39a; --visible: #ee93d8;
  }
}
* { box-sizing: border-box; }
body { margin: 0; padding: clamp(1rem, 4vw, 2.5rem); background: var(--paper); color: var(--ink); font: 1rem / 1.5 system-ui, sans-serif; }
main { width: min(56rem, 100%); margin: 0 auto; display: grid; gap: 1rem; grid-template-columns: minmax(0, 1fr); }
section, header { background: var(--card); border: 1px solid var(--line); border-radius: 0.75rem; padding: clamp(0.9rem, 3vw, 1.5rem); }
header { border-width: 0 0 0 0.5rem; }
header.good { background: var(--good-paper); border-color: var(--good); }
header.bad { background: var(--bad-paper); border-color: var(--bad); }
h1 { margin: 0; font-size: clamp(1.5rem, 6vw, 2.25rem); line-height: 1.2; }
.good h1, .good.sign, .holds b { color: var(--good); }
.bad h1, .bad.sign, .fails b { color: var(--bad); }
header p { margin: 0.35rem 0 0; }
h2 { margin: 0 0 0.75rem; font-size: 1.05rem; }
h3 { margin: 1.1rem 0 0.25rem; font-size: 0.95rem; font-weight: 600; }
.soft, figcaption { color: var(--soft); font-size: 0.875rem; }
.flow { display: flex; align-items: center; gap: 0.5rem; margin: 0; padding: 0; list-style: none; }
.flow .level { flex: 1; min-width: 0; border-top: 0.3rem solid var(--own); padding-top: 0.4rem; }
.flow b { display: block; font-size: clamp(1.15rem, 4.6vw, 1.9rem); line-height: 1.2; font-variant-numeric: tabular-nums; }
.flow span { display: block; color: var(--soft); font-size: 0.8125rem; overflow-wrap: anywhere; }
.sign { font-size: 1.4rem; font-weight: 700; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(5.5rem, 1fr)); gap: 0.75rem; margin: 1.25rem 0 0; }
.facts div { display: flex; flex-direction: column-reverse; }
.facts dt { color: var(--soft); font-size: 0.8125rem; }
.facts dd { margin: 0; font-size: 1.1rem; font-variant-numeric: tabular-nums; }
.facts .wrong dd { color: var(--bad); font-weight: 700; }
.plot { font-size: 0.8125rem; margin-bottom: 0.75rem; }
.area { position: relative; border-bottom: 1px solid var(--soft); }
.histogram .area { padding-top: 4.9em; }
.area svg { display: block; width: 100%; height: 5.5rem; overflow: visible; }
.levels .area svg { height: 14rem; }
svg rect { fill: var(--bar); }
svg line { stroke: var(--line); vector-effect: non-scaling-stroke; }
svg path { fill: none; stroke: var(--own); stroke-width: 2; vector-effect: non-scaling-stroke; }
svg path.queued { stroke-dasharray: 5 4; }
.accepted { --own: var(--accepted); } .queued { --own: var(--queued); } .persisted { --own: var(--persisted); } .visible { --own: var(--visible); }
.mark { position: absolute; bottom: 0; width: 0; border-left: 1.5px solid var(--ink); }
.mark span { position: absolute; top: 0; line-height: 1.15; white-space: nowrap; color: var(--soft); }
.mark b { color: var(--ink); font-variant-numeric: tabular-nums; }
.mark span { left: 0.35em; }
.ticks { position: relative; height: 1.6em; color: var(--soft); }
.ticks span { position: absolute; transform: translateX(-50%); white-space: nowrap; padding-top: 0.2em; }
.ticks span:first-child { transform: none; }
.levels { padding-right: 1.25rem; }
/* Room for the labels right of their marks: there no other mark crosses them. */
.histogram { padding-right: 6.5em; }
.height { position: absolute; left: 0.35em; color: var(--soft); }
.legend { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; font-size: 0.875rem; margin-bottom: 0.5rem; }
.legend i { display: inline-block; width: 1.25em; border-top: 3px solid var(--own); vertical-align: 0.25em; margin-right: 0.4em; }
.legend .queued i { border-top-style: dashed; }
ul { margin: 0; padding-left: 1.25rem; }
ul.plain { list-style: none; padding: 0; display: grid; gap: 0.4rem; }
code { font-size: 0.875rem; overflow-wrap: anywhere; }
@media (max-width: 34rem) {
  .flow { flex-direction: column; align-items: stretch; }
  .flow .level { display: flex; flex-direction: row-reverse; justify-content: space-between; align-items: baseline; border-top: 0; border-left: 0.3rem solid var(--own); padding: 0 0 0 0.6rem; }
  .sign { line-height: 1; }
}
`;
