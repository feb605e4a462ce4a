/** The look of `report.html`: one sheet, light and dark by the reader's setting, no picture or font from elsewhere. */
export const STYLES = `
:root{color-scheme:light dark;--paper:#faf8f3;--card:#fff;--ink:#211d16;--soft:#6b6353;--line:#e4ddcd;--accent:#b86e00;--accent-soft:#fdf0d5;
--critical:#a3123f;--high:#b8400e;--medium:#8a6100;--low:#5b6472;--ok:#2d6a3e;
--h0:#fbeccb;--h1:#f6d58f;--h2:#efb24f;--h3:#dd8420;--h4:#b4530e;--h0t:#3b3222;--h1t:#3b3222;--h2t:#2e2209;--h3t:#241703;--h4t:#fff;
--bar:#d9cfb8;--path:#d98200;--shadow:0 1px 2px #0000000f,0 4px 16px #0000000a}
@media (prefers-color-scheme:dark){:root{--paper:#15130f;--card:#1e1b16;--ink:#ece6d8;--soft:#a59c89;--line:#363127;--accent:#f0aa3c;--accent-soft:#33270f;
--critical:#ff7d9c;--high:#ff9866;--medium:#e9c04f;--low:#a9b3c1;--ok:#7ec892;
--h0:#3a3020;--h1:#5a431d;--h2:#85591a;--h3:#b97a1c;--h4:#f0a93c;--h0t:#d8cfbb;--h1t:#efe6d2;--h2t:#fff4dc;--h3t:#140d02;--h4t:#140d02;
--bar:#5a5140;--path:#f0aa3c;--shadow:none}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;-webkit-text-size-adjust:100%}
main,header,footer{max-width:1080px;margin:0 auto;padding:0 20px}
header{padding-top:28px}
h1{font-size:30px;line-height:1.2;margin:4px 0 6px;letter-spacing:-.02em;overflow-wrap:anywhere}
h2{font-size:19px;margin:44px 0 4px;letter-spacing:-.01em}
h2+p.lead{margin:0 0 14px;color:var(--soft)}
p{margin:0 0 10px}
code,.mono{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;font-size:.88em;overflow-wrap:anywhere}
a{color:var(--accent)}
.brand{display:flex;align-items:center;gap:8px;color:var(--soft);font-size:13px;font-weight:600;letter-spacing:.02em}
.brand svg{width:20px;height:20px}
.facts{display:flex;flex-wrap:wrap;gap:4px 16px;color:var(--soft);font-size:13.5px}
.facts b{color:var(--ink);font-weight:600}
.verdict{font-size:18px;line-height:1.45;margin:18px 0 0}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(132px,1fr));gap:10px;margin:20px 0 0}
.tile,.card,.note{background:var(--card);border:1px solid var(--line);border-radius:12px;box-shadow:var(--shadow)}
.tile{padding:12px 14px}
.tile b{display:block;font-size:23px;line-height:1.2;letter-spacing:-.02em;font-variant-numeric:tabular-nums}
.tile span{color:var(--soft);font-size:13px}
.note{padding:14px 18px;margin:14px 0 0}
.note h3{margin:0 0 6px;font-size:15px}
.note h3.second{margin-top:12px}
.note ul{margin:0;padding:0;list-style:none}
.note li{padding:6px 0;border-top:1px solid var(--line)}
.note li:first-child{border-top:0}
.note li span{color:var(--soft)}
.note.skip{border-left:4px solid var(--accent)}
.sev{display:inline-flex;align-items:center;gap:5px;font-size:12px;font-weight:700;letter-spacing:.02em;text-transform:uppercase}
.sev i{width:9px;height:9px;border-radius:50%;background:currentColor}
.sev.critical{color:var(--critical)}.sev.critical i{border-radius:1px;transform:rotate(45deg)}
.sev.high{color:var(--high)}.sev.high i{border-radius:1px}
.sev.medium{color:var(--medium)}
.sev.low{color:var(--low)}.sev.low i{background:none;border:2px solid currentColor}
ol.first{list-style:none;margin:0;padding:0;display:grid;gap:10px;counter-reset:n}
.card{padding:14px 18px 12px 54px;position:relative;counter-increment:n;break-inside:avoid}
.card:before{content:counter(n);position:absolute;left:18px;top:13px;font-size:19px;font-weight:700;color:var(--soft);font-variant-numeric:tabular-nums}
.card h3{font-size:16px;line-height:1.4;margin:2px 0;overflow-wrap:anywhere}
.card .where{color:var(--soft)}
.card ul{margin:8px 0 0;padding:0;list-style:none;font-size:14px}
.card li{padding:1px 0;overflow-wrap:anywhere}
.card li .by,.tag{color:var(--soft);font-size:12px;border:1px solid var(--line);border-radius:5px;padding:0 5px;margin-right:6px;white-space:nowrap}
.card .fix{margin:8px 0 0;font-size:14px;padding-left:10px;border-left:3px solid var(--accent)}
.tag.new{color:var(--accent);border-color:currentColor}
.row{display:flex;flex-wrap:wrap;gap:4px 10px;align-items:center}
details{margin:12px 0 0}
summary{cursor:pointer;font-weight:600;padding:8px 0;color:var(--accent)}
table{border-collapse:collapse;width:100%;font-size:14px}
th{text-align:left;font-weight:600;color:var(--soft);font-size:12.5px;white-space:nowrap}
th,td{padding:7px 10px 7px 0;border-bottom:1px solid var(--line);vertical-align:top}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.wide{overflow-x:auto}
.map{position:relative;width:100%;aspect-ratio:16/8;border-radius:12px;overflow:hidden;background:var(--line)}
.map div{position:absolute;overflow:hidden;padding:5px 7px;border:1px solid var(--paper);font-size:12px;line-height:1.25}
.map b{display:block;font-weight:600;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
.map span{opacity:.85;white-space:nowrap}
.map .tiny>*{display:none}
.h0{background:var(--h0);color:var(--h0t)}.h1{background:var(--h1);color:var(--h1t)}.h2{background:var(--h2);color:var(--h2t)}.h3{background:var(--h3);color:var(--h3t)}.h4{background:var(--h4);color:var(--h4t)}
.key{display:flex;flex-wrap:wrap;gap:4px 14px;font-size:12.5px;color:var(--soft);margin:8px 0 14px}
.key i{display:inline-block;width:12px;height:12px;border-radius:3px;margin-right:5px;vertical-align:-1px}
.spark{display:inline-flex;align-items:flex-end;gap:1px;height:18px;width:82px;vertical-align:middle}
.spark i{flex:1;background:var(--accent);min-height:1px;border-radius:1px 1px 0 0}
.spark i.z{background:var(--line)}
.rings{display:grid;grid-template-columns:repeat(auto-fill,minmax(320px,1fr));gap:12px}
.ring{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:14px;display:grid;gap:6px;break-inside:avoid}
.around{display:grid;grid-template-columns:104px 1fr;gap:12px;align-items:center}
.ring svg{width:104px;height:104px;display:block}
.ring .arrow{fill:none;stroke:var(--accent);stroke-width:1.8}.ring .point{fill:var(--accent-soft);stroke:var(--accent);stroke-width:1.3}
.ring text{text-anchor:middle;font-size:9px;font-weight:700;fill:var(--ink)}
.ring ol{margin:0;padding-left:20px;font-size:12.5px}
.ring .size span{color:var(--soft);font-weight:400}
.ring .size{font-weight:600}
.stack{display:flex;height:14px;border-radius:7px;overflow:hidden;margin:10px 0}
.stack i{display:block;min-width:2px}
.l0{background:#c77700}.l1{background:#2f7d8c}.l2{background:#7a5ba6}.l3{background:#4d8a4a}.l4{background:#b0496b}.l5{background:#8a8271}
.bars td:first-child{width:46%}
.meter{height:8px;border-radius:4px;background:var(--accent);min-width:2px}
.gantt{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:12px 14px 8px;font-size:12px}
.lane{display:grid;grid-template-columns:132px 1fr;align-items:center;gap:10px;min-height:30px;border-top:1px solid var(--line)}
.lane:first-child{border-top:0}
.lane .who{overflow:hidden;text-overflow:ellipsis;white-space:nowrap;color:var(--soft)}
.track{position:relative;height:30px}
.track div{position:absolute;top:5px;height:20px;border-radius:4px;background:var(--bar);color:var(--ink);padding:1px 5px;overflow:hidden;white-space:nowrap;text-overflow:clip;min-width:3px;border-right:1px solid var(--card)}
.track .path{background:var(--path);color:#1b1204;font-weight:600}
.track .failed{background:var(--critical);color:#fff}
.axis{display:grid;grid-template-columns:132px 1fr;gap:10px;color:var(--soft)}
.axis div{display:flex;justify-content:space-between;padding-top:4px;border-top:1px solid var(--line)}
.state-failed{color:var(--critical);font-weight:600}.state-skipped{color:var(--accent);font-weight:600}.state-done{color:var(--ok)}
footer{color:var(--soft);font-size:13px;padding-top:36px;padding-bottom:44px}
@media (max-width:640px){body{font-size:14.5px}main,header,footer{padding-left:14px;padding-right:14px}h1{font-size:25px}.map{aspect-ratio:4/5}
.card{padding:12px 14px 12px 40px}.card:before{left:13px;font-size:17px}.lane,.axis{grid-template-columns:1fr;gap:0}.lane{padding:4px 0}.axis>span{display:none}.map .slim span{display:none}.map .slim{padding:3px 4px;font-size:10.5px}
.opt{display:none}.rings{grid-template-columns:1fr}}
@media print{:root{--paper:#fff;--card:#fff;--shadow:none}body{font-size:11pt}main,header,footer{max-width:none}details::details-content{content-visibility:visible;height:auto}
summary{list-style:none}h2{break-after:avoid}.map,.gantt{break-inside:avoid}*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
`;
