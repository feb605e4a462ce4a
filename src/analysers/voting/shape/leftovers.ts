import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { countOf } from '../../words.ts';
import type { Motion } from '../ballot.ts';
import { abstain, approve, type Bench, type Opinion, reject } from '../opinion.ts';

/** Both sides of the marker, and what stands around it: a text about git has them in quotes or in a code block. */
export function mergeMarker({ finding }: Motion, { reader }: Bench): Opinion {
  const lines = (reader.text(finding.file) ?? '').split('\n');
  const start = finding.line - 1 + (/^<{7} /.test(lines[finding.line - 1] ?? '') ? 0 : 1);
  const middle = lines.findIndex((line, index) => index > start && /^={7}\r?$/.test(line));
  const end = lines.findIndex((line, index) => index > middle && /^>{7} /.test(line));
  if (!/^<{7} /.test(lines[start] ?? '') || middle < 0 || end < 0)
    return reject('The three marker lines do not follow each other.');
  const before = lines.slice(0, start).join('\n');
  const isQuoted = [/^\s*```/gm, /"""/g, /'''/g, /`/g].some((mark) => (before.match(mark)?.length ?? 0) % 2 === 1);
  if (isQuoted) return reject('It stands inside a quotation or a code block: the text is about markers.');
  const [ours, theirs] = [lines.slice(start + 1, middle), lines.slice(middle + 1, end)];
  if (ours.join('') === theirs.join('')) return abstain('Both sides are the same.');
  return approve(
    `${countOf(ours.length, 'line')} of one side and ${countOf(theirs.length, 'line')} of the other stand in it, outside any quotation.`,
    {
      text: `${lines[start]?.slice(0, 40)} … ${lines[end]?.slice(0, 40)}`,
      ref: `${finding.file}:${start + 1}`,
    },
  );
}

/** Read sign by sign: is it another form of data, or JSON with a mistake? */
export function brokenJson({ finding }: Motion, { reader }: Bench): Opinion {
  const text = reader.text(finding.file) ?? '';
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  if (lines.length === 0) return approve('The file is empty.');
  if (lines.length > 1 && lines.every(isJson))
    return reject(`Each of its ${lines.length} lines is JSON of its own: it is a list by lines.`);
  if (/\{%|%\}|@@?\w+@|__[A-Z_]+__|\[\[|<\?/.test(text))
    return reject('It has places that a tool fills in: it is a template.');
  const open = count(text, /[{[]/g) - count(text, /[}\]]/g);
  const commas = /,\s*,|[{[]\s*,|"\s*\n\s*"/.exec(text)?.[0];
  const why =
    open === 0
      ? `Brackets are in balance${commas === undefined ? '' : ', but a comma stands too many or is missing'}.`
      : `${Math.abs(open)} brackets are ${open > 0 ? 'never closed' : 'closed too many'}.`;
  return approve(`It is neither lines of JSON, nor a template. ${why}`, { text: why, ref: finding.file });
}

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

const count = (text: string, pattern: RegExp): number =>
  text.replace(/"(?:[^"\\\n]|\\.)*"/g, '').match(pattern)?.length ?? 0;

/** Text that a program reads, of which nobody keeps a copy elsewhere. */
const DATA =
  /\.(?:json|jsonl|csv|tsv|txt|log|sql|xml|dump|bak|zip|tar|gz|tgz|jar|exe|dll|so|dylib|mp4|mov|psd|pdf|bin|dat|wasm|map|html)$/i;

export function largeFile({ finding }: Motion, { root }: Bench): Opinion {
  const stat = lstatSync(join(root, finding.file), { throwIfNoEntry: false });
  if (stat === undefined) return reject('The file is not there any more.');
  const size = `${(stat.size / 1024 / 1024).toFixed(1)} MiB`;
  if (!DATA.test(finding.file)) return abstain(`${size} on disk; whether it belongs here its name does not tell.`);
  return approve(`${size} on disk, and its ending is that of data or of something built.`, {
    text: `${stat.size} bytes`,
    ref: finding.file,
  });
}
