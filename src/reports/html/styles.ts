/** The look of `report.html`: light and dark by the reader's setting, no picture or font from elsewhere. */
export const LIGHT: Readonly<Record<string, string>> = {
  paper: '#faf8f3',
  card: '#ffffff',
  ink: '#211d16',
  soft: '#645c4d',
  line: '#e4ddcd',
  edge: '#948b78',
  accent: '#945800',
  'accent-soft': '#fdf0d5',
  critical: '#a3123f',
  high: '#ad3a0a',
  medium: '#7d5800',
  low: '#566070',
  ok: '#236136',
  'ok-soft': '#e3f1e5',
  'no-soft': '#fae3e4',
  h0: '#fbeccb',
  h1: '#f6d58f',
  h2: '#efb24f',
  h3: '#dd8420',
  h4: '#9c450a',
  h0t: '#3b3222',
  h1t: '#3b3222',
  h2t: '#2e2209',
  h3t: '#201402',
  h4t: '#ffffff',
  bar: '#e2d9c5',
  path: '#f0a93c',
  'path-ink': '#1b1204',
};

export const DARK: Readonly<Record<string, string>> = {
  paper: '#15130f',
  card: '#1e1b16',
  ink: '#ece6d8',
  soft: '#aca390',
  line: '#3a342a',
  edge: '#857c6b',
  accent: '#f0aa3c',
  'accent-soft': '#33270f',
  critical: '#ff7d9c',
  high: '#ff9866',
  medium: '#e9c04f',
  low: '#a9b3c1',
  ok: '#7ec892',
  'ok-soft': '#17301d',
  'no-soft': '#3d1a1d',
  h0: '#3a3020',
  h1: '#5a431d',
  h2: '#7d5216',
  h3: '#c0801f',
  h4: '#f4b04a',
  h0t: '#e3dac6',
  h1t: '#f2e9d8',
  h2t: '#fff6e2',
  h3t: '#140d02',
  h4t: '#140d02',
  bar: '#4a4336',
  path: '#f0aa3c',
  'path-ink': '#1b1204',
};

function variables(colours: Readonly<Record<string, string>>): string {
  return Object.entries(colours)
    .map(([name, value]) => `--${name}:${value}`)
    .join(';');
}

const BASE = `
*{box-sizing:border-box}
html{scroll-behavior:smooth;scroll-padding-top:16px}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;-webkit-text-size-adjust:100%}
main,header,footer,nav{max-width:1080px;margin:0 auto;padding:0 20px}
main:focus{outline:none}
header{padding-top:28px}
h1{font-size:30px;line-height:1.2;margin:4px 0 6px;letter-spacing:-.02em;overflow-wrap:anywhere}
h2{font-size:21px;line-height:1.3;margin:0 0 4px;letter-spacing:-.01em}
h3{font-size:15px;line-height:1.4;margin:22px 0 8px}
section{padding-top:46px}
p{margin:0 0 10px}
.lead{color:var(--soft);max-width:76ch;margin-bottom:14px}
code,.mono{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;font-size:.88em;overflow-wrap:anywhere}
a{color:var(--accent)}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:4px}
ul,ol{margin:0;padding:0;list-style:none}
.vh{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.symbols{position:absolute}
.skip-link{position:absolute;left:-9999px;top:8px;background:var(--card);padding:8px 14px;border-radius:8px;z-index:2}
.skip-link:focus{left:12px}
nav ul{display:flex;flex-wrap:wrap;gap:6px;margin-top:22px}
nav a{display:block;padding:3px 11px;border:1px solid var(--line);border-radius:99px;background:var(--card);text-decoration:none;font-size:13.5px}
nav a:hover{border-color:currentColor}
.brand{display:flex;align-items:center;gap:8px;color:var(--soft);font-size:13px;font-weight:600;letter-spacing:.02em;margin:0}
.brand svg{width:20px;height:20px}
.facts{display:flex;flex-wrap:wrap;gap:4px 16px;color:var(--soft);font-size:13.5px;margin:0}
.facts b{color:var(--ink);font-weight:600}
.verdict{font-size:20px;line-height:1.4;font-weight:600;margin:20px 0 4px;letter-spacing:-.01em}
.since{color:var(--soft);margin:0}
.provenance{color:var(--soft);font-size:13.5px;margin:12px 0 0}
.counts{display:grid;grid-template-columns:repeat(auto-fit,minmax(132px,1fr));gap:10px;margin:18px 0 0}
.tile,.card,.note,.task,.ring,.lines,.gantt{background:var(--card);border:1px solid var(--line);border-radius:12px}
.tile{padding:12px 14px}
.tile b{display:block;font-size:23px;line-height:1.2;letter-spacing:-.02em;font-variant-numeric:tabular-nums}
.tile span{color:var(--soft);font-size:13.5px}
.tile small{display:block;color:var(--soft);font-size:12.5px;line-height:1.35}
.note{padding:14px 18px;margin:14px 0 0}
.note h2{margin:0 0 4px;font-size:15px}
.note li{padding:6px 0;border-top:1px solid var(--line);overflow-wrap:anywhere;color:var(--soft)}
.note li b{color:var(--ink)}
.note li:first-child{border-top:0}
.note.skip{border-left:4px solid var(--accent)}
.plain li{padding:2px 0;overflow-wrap:anywhere}
.row{display:flex;flex-wrap:wrap;gap:5px 8px;align-items:center}
.tag{display:inline-block;color:var(--soft);font-size:12.5px;line-height:1.5;border:1px solid var(--line);border-radius:5px;padding:0 6px;margin-right:6px}
.row .tag{margin:0}
.tag.new,.tag.free{color:var(--accent);border-color:currentColor;font-weight:600}
.sev{display:inline-flex;align-items:center;gap:5px;font-size:12px;font-weight:700;letter-spacing:.03em;text-transform:uppercase;white-space:nowrap}
.sev i{width:9px;height:9px;border-radius:50%;background:currentColor;flex:none}
.sev.critical{color:var(--critical)}.sev.critical i{border-radius:1px;transform:rotate(45deg)}
.sev.high{color:var(--high)}.sev.high i{border-radius:1px}
.sev.medium{color:var(--medium)}
.sev.low{color:var(--low)}.sev.low i{background:none;border:2px solid currentColor}
details{margin:12px 0 0}
summary{cursor:pointer;font-weight:600;padding:6px 0;color:var(--accent)}
table{border-collapse:collapse;width:100%;font-size:14px}
thead th{text-align:left;font-weight:600;color:var(--soft);font-size:12.5px;white-space:nowrap}
th,td{padding:7px 10px 7px 0;border-bottom:1px solid var(--line);vertical-align:top;text-align:left;overflow-wrap:anywhere}
tbody th{font-weight:400}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.wide{overflow-x:auto}
.key{display:flex;flex-wrap:wrap;gap:4px 14px;font-size:13px;color:var(--soft);margin:8px 0 12px}
.key i{display:inline-block;width:12px;height:12px;border-radius:3px;margin-right:5px;vertical-align:-1px}
.key b{color:var(--ink)}
footer{color:var(--soft);font-size:13px;padding-top:36px;padding-bottom:44px}
:target{scroll-margin-top:14px}
li.card:target,tr:target{outline:2px solid var(--accent);outline-offset:3px}
.opened:target{box-shadow:inset 4px 0 var(--accent);scroll-margin-top:90px}
`;

const FINDINGS = `
.first{display:grid;gap:10px;counter-reset:n}
.card{padding:14px 18px 12px 54px;position:relative;counter-increment:n}
.card:before{content:counter(n);position:absolute;left:18px;top:12px;font-size:19px;font-weight:700;color:var(--soft);font-variant-numeric:tabular-nums}
.card h3{font-size:16.5px;margin:3px 0 1px;overflow-wrap:anywhere}
.card .where{color:var(--soft);margin:0}
.evidence{margin:8px 0 0;font-size:14px}
.evidence li{padding:1px 0;overflow-wrap:anywhere}
.fix{margin:8px 0 0;font-size:14px;padding-left:10px;border-left:3px solid var(--accent);overflow-wrap:anywhere}
.fix b{margin-right:4px}
.more{margin-top:18px}
.marks{display:inline-flex;gap:3px;vertical-align:-4px}
.mark{width:18px;height:18px;border-radius:5px;padding:1px;fill:none;stroke:currentColor;stroke-width:2.2;stroke-linecap:round;stroke-linejoin:round;border:1px solid currentColor;vertical-align:-4px}
.mark.approve{color:var(--ok);background:var(--ok-soft)}
.mark.reject{color:var(--critical);background:var(--no-soft)}
.mark.abstain,.mark.none{color:var(--soft);background:none}
.mark.none{border-style:dotted}
.mark.late{opacity:.6;border-style:dashed;background:none}
.legend{margin:0 0 16px}
.legend .key{margin:0 0 4px}
.legend .mark{margin-right:5px}
.legend details{margin:0}
.legend summary{font-size:13px;padding:0}
.legend .reasons,.legend p{max-width:76ch}
.legend details p{font-size:14px;margin:6px 0 8px}
.votes{margin:8px 0 0}
.votes summary{font-size:14px;font-weight:600;padding:2px 0;color:var(--ink)}
.votes summary span{margin-left:4px}
.reasons{margin:6px 0 4px;font-size:14px}
.reasons>div{display:grid;grid-template-columns:104px 1fr;gap:10px;padding:5px 0;border-top:1px solid var(--line)}
.reasons dt{color:var(--soft)}
.reasons dd{margin:0;overflow-wrap:anywhere}
.reasons .ev{display:block;color:var(--soft)}
.said.approve{color:var(--ok)}.said.reject{color:var(--critical)}.said.abstain{color:var(--soft)}
.said:after{content:":"}
.lines{overflow:hidden}
.lines>li+li{border-top:1px solid var(--line)}
.lines details{margin:0}
.lines summary{display:grid;grid-template-columns:18px 88px minmax(0,1fr) auto;gap:0 10px;align-items:baseline;padding:8px 16px 8px 12px;color:var(--ink);font-weight:400;list-style:none}
.lines summary::-webkit-details-marker{display:none}
.lines summary:before{content:"";width:7px;height:7px;border:solid var(--soft);border-width:0 2px 2px 0;transform:rotate(-45deg);justify-self:center;align-self:start;margin-top:8px}
.lines details[open]>summary:before{transform:rotate(45deg)}
.lines summary:hover{background:var(--accent-soft)}
.lines summary:focus-visible{outline-offset:-2px}
.lines .what{overflow-wrap:anywhere}
.lines .what code{color:var(--soft)}
.lines .why{display:block;color:var(--soft);font-size:14px}
.lines .opened{padding:0 16px 14px 40px}
.plan{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,440px),1fr));gap:10px}
.task{padding:13px 16px 12px}
.task h3{margin:0 0 7px;font-size:15.5px;overflow-wrap:anywhere}
.task .num{display:inline-block;background:var(--accent-soft);color:var(--accent);border-radius:6px;padding:0 8px;margin-right:3px;font-variant-numeric:tabular-nums}
.task dl{margin:9px 0 0;font-size:14px}
.task dl>div{display:grid;grid-template-columns:84px minmax(0,1fr);gap:8px;padding:3px 0;align-items:baseline}
.task dt{color:var(--soft)}
.task dd{margin:0}
.block{display:block}
.trends{display:grid;grid-template-columns:repeat(auto-fill,minmax(166px,1fr));gap:10px}
.trend .spark{display:block;width:100%;height:34px;margin:5px 0 2px}
.spark path{fill:none;stroke:var(--accent);stroke-width:1.8;stroke-linejoin:round;stroke-linecap:round;vector-effect:non-scaling-stroke}
.spark circle{fill:var(--accent)}
.still{color:var(--soft);font-size:14px;margin:12px 0 0}
.still b{font-weight:600;color:var(--ink)}
.tile small.better{color:var(--ok)}.tile small.worse{color:var(--critical)}
`;

const PICTURES = `
.map{position:relative;width:100%;aspect-ratio:16/8;border-radius:12px;overflow:hidden;background:var(--line)}
.frame,.tilebox{position:absolute;overflow:hidden}
.frame{border:1px solid var(--paper);border-width:0 3px 3px 0;background:var(--card)}
.folder{position:absolute;left:0;right:0;top:0;height:18px;padding:0 6px;font-size:11.5px;line-height:18px;color:var(--ink);white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
.inner{position:absolute;inset:18px 0 0}
.tilebox{padding:3px 6px;border:solid var(--card);border-width:1px 1px 0 0;font-size:12px;line-height:1.3}
.tilebox b{display:block;font-weight:600;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
.tilebox span{display:block;white-space:nowrap}
.tilebox{container-type:size}
@container (max-width:76px) or (max-height:34px){.tilebox span{display:none}}
@container (max-height:52px){.tilebox span+span{display:none}}
@container (max-width:30px) or (max-height:17px){.tilebox b{display:none}}
.h0{background:var(--h0);color:var(--h0t)}.h1{background:var(--h1);color:var(--h1t)}.h2{background:var(--h2);color:var(--h2t)}.h3{background:var(--h3);color:var(--h3t)}.h4{background:var(--h4);color:var(--h4t)}
.months{display:inline-flex;align-items:flex-end;gap:1px;height:18px;width:82px;vertical-align:middle}
.months i{flex:1;background:var(--accent);min-height:1px;border-radius:1px 1px 0 0}
.months i.z{background:var(--edge)}
.graph{display:block;width:100%;max-width:1040px;height:auto;margin:4px auto}
.graph text{text-anchor:middle;font:600 12px ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;fill:var(--ink)}
.graph text.note{font-weight:400;font-size:10.5px;fill:var(--soft)}
.graph rect{fill:var(--card);stroke:var(--edge);stroke-width:1.2}
.graph .n.round rect{stroke:var(--critical);stroke-width:2.4}
.graph .n.path rect{fill:var(--path);stroke:var(--path)}
.graph .n.path text{fill:var(--path-ink)}
.graph .n.path text:first-of-type{text-decoration:underline}
.graph .n.failed rect{stroke:var(--critical);stroke-width:2.4;stroke-dasharray:5 3}
.graph a:focus-visible{outline:none}
.graph a:focus-visible rect,.graph a:hover rect{stroke:var(--accent);stroke-width:3}
.e{stroke:var(--edge);opacity:.62;transition:opacity .12s}
.e.up{stroke:var(--critical);opacity:.9;stroke-dasharray:6 4}
.e.path{stroke:var(--accent);opacity:1}
.head path{fill:var(--edge)}.head.up path{fill:var(--critical)}.head.path path{fill:var(--accent)}
.roundkey{color:var(--critical)}
.pathkey{background:var(--path);color:var(--path-ink);border-radius:4px;padding:0 5px;text-decoration:underline}
#tip path{fill:var(--accent)}
.rings{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,320px),1fr));gap:12px}
.ring{padding:14px;display:grid;gap:6px}
.around{display:grid;grid-template-columns:104px minmax(0,1fr);gap:12px;align-items:center}
.ring svg{width:104px;height:104px;display:block}
.ring .arrow{fill:none;stroke:var(--accent);stroke-width:1.8}.ring .point{fill:var(--accent-soft);stroke:var(--accent);stroke-width:1.3}
.ring text{text-anchor:middle;font-size:9px;font-weight:700;fill:var(--ink)}
.ring ol{list-style:decimal;padding-left:20px;font-size:13px}
.ring .size{font-weight:600}
.ring .size span{color:var(--soft);font-weight:400}
.stack{display:flex;gap:2px;height:14px;border-radius:7px;overflow:hidden;margin:10px 0}
.stack i{display:block;min-width:2px}
.l0{background:#c77700}.l1{background:#2f7d8c}.l2{background:#7a5ba6}.l3{background:#4d8a4a}.l4{background:#b0496b}.l5{background:#8a8271}
.bars .barcell{width:30%;min-width:80px;vertical-align:middle}
.meter{height:8px;border-radius:4px;background:var(--accent);min-width:2px}
.gantt{padding:12px 14px 8px;font-size:12.5px}
.lane{display:grid;grid-template-columns:142px minmax(0,1fr);align-items:center;gap:10px;min-height:30px;border-top:1px solid var(--line)}
.lane:first-child{border-top:0}
.who{overflow:hidden;text-overflow:ellipsis;white-space:nowrap;color:var(--soft)}
.track{position:relative;height:30px}
.bar{position:absolute;top:5px;height:20px;line-height:19px;border-radius:4px;background:var(--bar);color:var(--ink);padding:0 4px;overflow:hidden;text-overflow:ellipsis;white-space:nowrap;font-size:11.5px;min-width:3px;border-right:1px solid var(--card)}
.bar.path{background:var(--path);color:var(--path-ink);font-weight:600;text-decoration:underline;text-underline-offset:2px}
.bar.failed{background:var(--no-soft);color:var(--critical);border:1px dashed currentColor}
.axis{display:grid;grid-template-columns:142px minmax(0,1fr);gap:10px;color:var(--soft)}
.axis div{display:flex;justify-content:space-between;padding-top:4px;border-top:1px solid var(--line)}
.where{color:var(--soft)}
.state-failed{color:var(--critical);font-weight:600}.state-skipped{color:var(--accent);font-weight:600}.state-done{color:var(--ok)}
`;

const SITUATIONS = `
@media (max-width:640px){body{font-size:14.5px}main,header,footer,nav{padding-left:14px;padding-right:14px}h1{font-size:25px}.verdict{font-size:18px}section{padding-top:36px}
.counts{grid-template-columns:repeat(auto-fit,minmax(112px,1fr))}
.map{aspect-ratio:4/5}.tilebox{padding:2px 4px;font-size:11px}.folder{font-size:10px}
.card{padding:12px 14px 12px 40px}.card:before{left:13px;font-size:17px}
.lines summary{grid-template-columns:14px minmax(0,1fr) auto;padding:8px 12px 8px 8px}.lines .what{grid-column:2/-1;grid-row:2}.lines .opened{padding:0 12px 12px 32px}
.reasons>div{grid-template-columns:1fr;gap:0}
.lane,.axis{grid-template-columns:minmax(0,1fr);gap:0}.lane{padding:4px 0}.axis>span{display:none}
.opt{display:none}.trends{grid-template-columns:repeat(auto-fill,minmax(136px,1fr))}}
@media (max-width:400px){.around{grid-template-columns:80px minmax(0,1fr)}.ring svg{width:80px;height:80px}}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}.e{transition:none}}
@media print{@page{margin:14mm}body{font-size:10pt;background:#fff}main,header,footer{max-width:none;padding:0}nav,.skip-link{display:none}section{padding-top:22px}
details::details-content{content-visibility:visible;block-size:auto;opacity:1}
.lines summary:before{display:none}.lines summary{grid-template-columns:88px minmax(0,1fr) auto}summary{list-style:none}
h2,h3,.lead,thead,summary{break-after:avoid}.card,.task,.tile,.ring,.map,.gantt,tr,.reasons>div,.lines>li{break-inside:avoid}.graph{max-height:230mm}
.wide{overflow:visible}.graph{min-width:0!important}a{color:inherit;text-decoration:none}*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
`;

export const STYLES: string = `
:root{color-scheme:light dark;${variables(LIGHT)}}
@media screen and (prefers-color-scheme:dark){:root{${variables(DARK)}}}
${BASE}${FINDINGS}${PICTURES}${SITUATIONS}`;
