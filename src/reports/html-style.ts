/** Style of the page: readable on paper, in the dark and without colours; contrast at least 4.5 to 1 (WCAG AA). */
export const htmlStyle = `
:root { color-scheme: light dark;
  --page: #f5f6f8; --card: #ffffff; --text: #1b2430; --soft: #55606e; --line: #d9dee5; --head: #eef1f5;
  --accent: #0b5a8a; --good: #1a6b3c; --warn: #8a4b00; --bad: #a3201d; --goodback: #e5f3ea; --warnback: #fdf0dc; --badback: #fbe6e5; }
@media (prefers-color-scheme: dark) { :root {
  --page: #12161c; --card: #1a2029; --text: #e6eaf0; --soft: #a3aebb; --line: #333d4a; --head: #232b36;
  --accent: #7cc0ee; --good: #86d5a4; --warn: #f0b766; --bad: #f39a95; --goodback: #17301f; --warnback: #372811; --badback: #3a1c1b; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", Arial, sans-serif; }
main, header.top, footer { max-width: 72rem; margin: 0 auto; padding: 0 1.5rem; }
header.top { padding-top: 2.25rem; padding-bottom: 1rem; }
.product { color: var(--soft); font-size: .8rem; font-weight: 600; letter-spacing: .08em; text-transform: uppercase; margin: 0; }
h1 { font-size: 1.85rem; line-height: 1.2; margin: .2rem 0 .4rem; letter-spacing: -.01em; }
h2 { font-size: 1.2rem; margin: 2.2rem 0 .35rem; }
h3 { font-size: 1.02rem; margin: 0; }
p { margin: .3rem 0; }
.soft { color: var(--soft); }
code, .tag { font-family: ui-monospace, SFMono-Regular, Consolas, "Liberation Mono", monospace; font-size: .86em; overflow-wrap: anywhere; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .75rem; margin: 1rem 0 0; padding: 0; list-style: none; }
.cards li { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .75rem 1rem .7rem; }
.cards b { display: block; font-size: 1.6rem; line-height: 1.2; font-variant-numeric: tabular-nums; font-weight: 650; }
.cards span { color: var(--soft); font-size: .86rem; }
.cards .attention b { color: var(--warn); }
.banner { border: 1px solid; border-radius: .5rem; padding: .7rem 1rem; margin: 1rem 0 0; }
.banner.good { color: var(--good); background: var(--goodback); }
.banner.warn { color: var(--warn); background: var(--warnback); }
.banner.bad { color: var(--bad); background: var(--badback); }
.box { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; margin: .75rem 0; overflow: hidden; }
.box > .title { display: flex; flex-wrap: wrap; align-items: baseline; gap: .2rem .8rem; padding: .7rem 1rem; border-bottom: 1px solid var(--line); background: var(--head); }
.box > .title .count { margin-left: auto; color: var(--soft); font-variant-numeric: tabular-nums; }
.box > .title p { flex-basis: 100%; margin: 0; color: var(--soft); font-size: .9rem; }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: .9rem; }
th { text-align: left; color: var(--soft); font-weight: 600; padding: .45rem 1rem; border-bottom: 1px solid var(--line); white-space: nowrap; }
td { padding: .34rem 1rem; border-bottom: 1px solid var(--line); vertical-align: top; }
tbody tr:last-child td { border-bottom: 0; }
th.number, td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.path { width: 34%; }
td.rule { width: 30%; }
td .within { color: var(--soft); display: block; font-size: .92em; overflow-wrap: anywhere; }
td .name { overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1.4rem; margin: 0; padding: .8rem 1rem; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
nav { margin: .8rem 0 0; display: flex; flex-wrap: wrap; gap: .35rem .5rem; }
nav a { border: 1px solid var(--line); background: var(--card); border-radius: 1rem; padding: .12rem .75rem; font-size: .88rem; text-decoration: none; }
a { color: var(--accent); }
a:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
footer { color: var(--soft); font-size: .84rem; margin-top: 2.5rem; padding-top: 1rem; padding-bottom: 2.5rem; }
@media (max-width: 40rem) { td.path, td.rule { width: auto; } main, header.top, footer { padding-left: 1rem; padding-right: 1rem; } dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .5rem; } }
@media print {
  :root { color-scheme: light; --page: #ffffff; --card: #ffffff; --text: #000000; --soft: #444444; --line: #bbbbbb; --head: #f2f2f2; --accent: #000000; --good: #0b4a26; --warn: #5e3300; --bad: #7a0f0d; --goodback: #ffffff; --warnback: #ffffff; --badback: #ffffff; }
  @page { size: A4; margin: 16mm 14mm; }
  body { font-size: 9.5pt; } main, header.top, footer { max-width: none; padding: 0; } nav { display: none; }
  table { font-size: 8.5pt; } th, td { padding-left: .5rem; padding-right: .5rem; }
  .box { overflow: visible; border-radius: 0; } .scroll { overflow: visible; } thead { display: table-header-group; } tr { break-inside: avoid; } .title, h2 { break-after: avoid; }
}
`;
