import { lstatSync, readlinkSync } from 'node:fs';
import { join, posix } from 'node:path';
import { IgnoreFile } from '../../ignore-file.ts';
import { countOf } from '../../words.ts';
import type { Motion } from '../ballot.ts';
import { namesIn } from '../on-disk.ts';
import { abstain, approve, type Bench, type Opinion, reject } from '../opinion.ts';

/** What usually breaks YAML, read line by line around the place. */
export function brokenYaml({ finding }: Motion, { reader }: Bench): Opinion {
  const lines = (reader.text(finding.file) ?? '').split('\n');
  if (lines.some((line) => /\{\{|\{%|<%|^\s*#@/.test(line)))
    return reject('It has places that a tool fills in: it is a template.');
  const from = Math.max(0, finding.line - 3);
  for (const [index, line] of lines.slice(from, finding.line + 2).entries()) {
    const why = whyBroken(line, lines[from + index - 1] ?? '');
    if (why !== undefined)
      return approve(`Line ${from + index + 1} ${why}.`, {
        text: line.trim().slice(0, 120),
        ref: `${finding.file}:${from + index + 1}`,
      });
  }
  const uneven = unevenLine(lines);
  if (uneven !== undefined)
    return approve(`Line ${uneven} is as far in as no line above it.`, {
      text: (lines[uneven - 1] ?? '').trim().slice(0, 120),
      ref: `${finding.file}:${uneven}`,
    });
  const twice = keyTwice(lines);
  if (twice !== undefined) return approve(`"${twice}" stands twice under one key.`, { text: twice, ref: finding.file });
  const quotes =
    lines
      .filter((line) => !/^\s*#/.test(line))
      .join('\n')
      .match(/"/g)?.length ?? 0;
  if (quotes % 2 === 1)
    return approve(`${quotes} quotation marks stand in it: one is never closed.`, {
      text: `${quotes} quotation marks`,
      ref: finding.file,
    });
  return abstain('Line by line, none of the usual causes is there.');
}

/** A line that goes back to an indentation that nothing above it has. */
function unevenLine(lines: readonly string[]): number | undefined {
  const open: number[] = [0];
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '' || /^\s*#/.test(line)) continue;
    const indent = indentOf(line);
    const top = open.at(-1) ?? 0;
    if (indent > top) open.push(indent);
    while ((open.at(-1) ?? 0) > indent) open.pop();
    if ((open.at(-1) ?? 0) !== indent) return index + 1;
  }
  return undefined;
}

/** The same key at the same depth, with nothing less deep between. */
function keyTwice(lines: readonly string[]): string | undefined {
  const seen = new Map<number, Set<string>>();
  for (const line of lines) {
    const [, key] = /^\s*([\w./-]+):(?:\s|$)/.exec(line) ?? [];
    if (line.trim() === '' || /^\s*#/.test(line)) continue;
    const indent = indentOf(line);
    for (const depth of seen.keys()) if (depth > indent || /^\s*-/.test(line)) seen.delete(depth);
    const own = seen.get(indent) ?? new Set<string>();
    if (key !== undefined && own.has(key)) return key;
    if (key !== undefined) own.add(key);
    seen.set(indent, own);
  }
  return undefined;
}

const CAUSES: readonly (readonly [why: string, pattern: RegExp])[] = [
  ['has two colons with a space after them', /^\s*(?:- )?[\w-]+:\s+[^"'[{|>&*!#\n][^#\n]*:\s/],
  ['opens a quotation that it does not close', /^\s*(?:- )?[\w-]+:\s+(?:"[^"]*|'[^']*)$/],
  ['goes on after a closed quotation', /^\s*(?:- )?[\w-]+:\s+(?:"[^"]*"|'[^']*')\s*[^\s#,]/],
  ['has a value that begins with a reserved sign', /^\s*[\w-]+:\s+[@`%]/],
  ['opens a bracket that it does not close', /^\s*(?:- )?[\w-]+:\s*[[{][^\]}]*$/],
];

function whyBroken(line: string, before: string): string | undefined {
  const bare = line.replace(/\\"|''/g, '').replace(/\s#.*$/, '');
  if (/^ *\t/.test(line)) return 'is indented with a tab';
  const cause = CAUSES.find(([, pattern]) => pattern.test(bare))?.[0];
  if (cause !== undefined) return cause;
  const isKey = /^\s*[A-Za-z_][\w-]*:/.test(bare);
  if (isKey && /^\s*[\w-]+:[^\s:/]/.test(bare) && /^\s*[\w-]+:\s/.test(before)) return 'has no space after its colon';
  const hasValue = /^\s*[\w-]+:\s+\S/.test(before) && !/[|>][-+]?\s*$/.test(before);
  if (isKey && hasValue && indentOf(line) > indentOf(before)) return 'is indented deeper than a line with a value';
  if (/^(?:[^"]*"[^"]*")*[^"]*"[^"]*$/.test(bare)) return 'has a quotation mark without its other one';
  return undefined;
}

const indentOf = (line: string): number => line.length - line.trimStart().length;

export function brokenShebang({ finding }: Motion, { reader }: Bench): Opinion {
  const text = reader.text(finding.file) ?? '';
  const first = text.slice(0, text.indexOf('\n') + 1);
  const attributes = reader.text('.gitattributes') ?? '';
  if (/eol=crlf/.test(attributes) && first.includes('\r')) return reject('.gitattributes asks for these line ends.');
  const ends = text.match(/\r\n/g)?.length ?? 0;
  if (text.charCodeAt(0) === 0xfeff)
    return approve('The first sign of the file is U+FEFF, before the "#!".', {
      text: first.trim().slice(0, 80),
      ref: `${finding.file}:1`,
    });
  if (!first.endsWith('\r\n')) return reject('The first line ends with a line feed alone.');
  return approve(`${ends} lines of the file end with a carriage return, the first among them.`, {
    text: first.trim().slice(0, 80),
    ref: `${finding.file}:1`,
  });
}

export function deadSymlink({ finding }: Motion, { root, reader }: Bench): Opinion {
  const path = join(root, finding.file);
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return reject('It is no link on disk.');
  const target = posix.join(posix.dirname(finding.file), readlinkSync(path));
  const rules = new IgnoreFile(reader.text('.gitignore') ?? '');
  const parts = target.split('/');
  if (parts.some((_, index) => rules.verdict(parts.slice(0, index + 1), index < parts.length - 1) === 'ignored'))
    return reject('.gitignore names the target: a build makes it.');
  const names = namesIn(root, posix.dirname(target));
  if (names.includes(posix.basename(target))) return reject(`${target} is there.`);
  const folder = posix.dirname(target);
  const there =
    names.length === 0
      ? `The folder ${folder} does not exist.`
      : `${folder} has ${countOf(names.length, 'name')}, and "${posix.basename(target)}" is none of them.`;
  return approve(there, { text: target, ref: finding.file });
}

export function caseCollision({ finding }: Motion, { root }: Bench): Opinion {
  const [folder, name] = [posix.dirname(finding.file), posix.basename(finding.file)];
  const alike = namesIn(root, folder).filter((one) => one.toLowerCase() === name.toLowerCase());
  const folders = namesIn(root, posix.dirname(folder)).filter(
    (one) => one.toLowerCase() === posix.basename(folder).toLowerCase(),
  );
  if (alike.length < 2 && folders.length < 2) return reject('On disk there is only one of them.');
  return approve(
    `On disk stand ${[...alike, ...(alike.length < 2 ? folders : [])].slice(0, 3).join(' and ')}, side by side.`,
    { text: alike.join(', '), ref: finding.file },
  );
}

/** Something else keeps track of it. */
const TRACKED = /#\d+\b|https?:\/\/|\b[A-Z]{2,10}-\d+\b|\bGH-\d+|\(\w+[#/]\d+\)/;

export function oldTodo({ finding }: Motion, { reader }: Bench): Opinion {
  const places = finding.evidence.flatMap(({ ref }) => ref ?? []);
  const lines = places.map((ref) => lineAt(ref, reader));
  const open = lines.filter((line) => /\b(?:todo|fixme|xxx|hack)\b/i.test(line));
  const tracked = open.filter((line) => TRACKED.test(line));
  if (open.length === 0) return reject('The notes are not there any more.');
  if (tracked.length * 2 > open.length)
    return reject(`${tracked.length} of ${open.length} notes name an issue or a page that keeps track of them.`);
  const told =
    open.length === 1
      ? 'The note names no issue that keeps track of it.'
      : `${open.length - tracked.length} of ${open.length} notes name no issue that keeps track of them.`;
  return approve(told, {
    text: (open[0] ?? '').trim().slice(0, 120),
    ref: places[0] ?? finding.file,
  });
}

function lineAt(ref: string, reader: Bench['reader']): string {
  const [, path = '', line = '1'] = /^(.*):(\d+)$/.exec(ref) ?? [];
  return (reader.text(path) ?? '').split('\n')[Number(line) - 1] ?? '';
}

/** How each tool says that a test does not run. */
const SKIPS =
  /\b(?:it|test|describe|suite|context|specify)\.(?:skip|todo)\b|\bx(?:it|describe|context|specify|test)\b|@(?:pytest\.mark\.)?skip\b|@unittest\.skip|\bSkip(?:Now)?\(|@(?:Disabled|Ignore)\b|\[Ignore|#\[ignore\]|markTestSkipped|\bskip\s*:\s*true|mark\.skip\b|mark\.xfail\([^)\n]*\brun\s*=\s*False\b/;

export function skippedTests({ finding }: Motion, { reader }: Bench): Opinion {
  const named = finding.evidence.flatMap(({ ref }) => ref ?? []).map((ref) => lineAt(ref, reader));
  const off = named.filter((line) => SKIPS.test(line) && !/^\s*(?:\/\/|#(?!\[)|\*)/.test(line));
  const reasons = off.filter((line) => TRACKED.test(line));
  if (off.length === 0) return reject('Outside comments, none of the lines switches a test off.');
  if (reasons.length === off.length) return reject('Each of them names an issue or a page.');
  return approve(
    off.length === 1
      ? 'The line switches it off, and names no issue.'
      : `${off.length} of the ${named.length} lines named switch tests off, ${off.length - reasons.length} without naming an issue.`,
    {
      text: (off[0] ?? '').trim().slice(0, 120),
      ref: `${finding.file}:${finding.line}`,
    },
  );
}
