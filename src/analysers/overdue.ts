import { posix } from 'node:path';
import { asRecord, asText, parseJson } from './json-value.ts';

/** What a note waits for: a version of the project, or a day (`2024-05-01`, the last one that is meant). */
export type Due =
  | Readonly<{ kind: 'version'; major: number; minor: number; isAfter: boolean }>
  | Readonly<{ kind: 'day'; day: string }>;

export type Version = Readonly<{ text: string; major: number; minor: number; isPrerelease: boolean }>;

const DO =
  'remove|removed|drop|delete|rename|switch|change|make|flip|enable|disable|deprecate|replace|clean ?up|require|throw|get rid|kill|unexport';
const WHEN = 'in|for|with|at|by|until|after|before|once we (?:hit|reach)';
/** "in v4", "for 3.0", "in version 5", "by the 2.0 release": no other program is named before the number. */
const BY_VERSION = new RegExp(
  `\\b(?:${DO})\\b[^.;]{0,60}?\\b(${WHEN})\\s+(?:the\\s+)?(?:(?:next|major|version|release)\\s+)*(v)?(\\d{1,4})(?:\\.(\\d{1,4}|x))?(?:\\.(?:\\d+|x))?(?![\\w%-]|\\.\\d)`,
  'i',
);
/** `TODO(v4): …` */
const MARKED = /\b(?:todo|fixme|xxx|hack)\s*[([]?\s*v(\d{1,4})(?:\.(\d{1,4}|x))?(?:\.(?:\d+|x))?\s*[)\]:]/i;
const WORDED = /\b(?:version|release|major)\s+v?\d|\d\s+release\b/i;
const DAY = /\b(?:until|after|by|before|past|on|in)\s+(20\d\d)[-/](0[1-9]|1[0-2])(?:[-/]([0-2]\d|3[01]))?\b/i;
const DOES = new RegExp(`\\b(?:${DO}|revisit|re-?enable|check again|expires?)\\b`, 'i');

/** What the words of a note wait for. */
export function dueOf(words: string): readonly Due[] {
  return [...byVersion(words), ...byMark(words), ...byDay(words)];
}

function byVersion(words: string): readonly Due[] {
  const [, when = '', sign, major, minor = ''] = BY_VERSION.exec(words) ?? [];
  const isNumber = sign !== undefined || minor !== '' || WORDED.test(words);
  return major === undefined || !isNumber ? [] : [versionDue(major, minor, /^(?:after|until)$/i.test(when))];
}

function byMark(words: string): readonly Due[] {
  const [, major, minor = ''] = MARKED.exec(words) ?? [];
  return major === undefined ? [] : [versionDue(major, minor, false)];
}

function byDay(words: string): readonly Due[] {
  const [, year, month, day = '28'] = (DOES.test(words) ? DAY.exec(words) : null) ?? [];
  return year === undefined || month === undefined ? [] : [{ kind: 'day', day: `${year}-${month}-${day}` }];
}

function versionDue(major: string, minor: string, isAfter: boolean): Due {
  return { kind: 'version', major: Number(major), minor: /^\d+$/.test(minor) ? Number(minor) : 0, isAfter };
}

/** A note for a version further back speaks of another way of counting, or of another program. */
const MAX_GAP = 4;

/** A year is no version of most projects: "in 2024" says when, not which. */
export function isPassed({ major, minor, isAfter }: Extract<Due, { kind: 'version' }>, now: Version): boolean {
  if (major >= 1_900 || major === 0 || now.major - major > MAX_GAP) return false;
  if (now.major !== major) return now.major > major;
  if (now.minor !== minor) return now.minor > minor;
  return !now.isPrerelease && !isAfter;
}

/** Which version each part of the project is at: by its own manifest, else by the newest tag. */
export class Versions {
  readonly #read: (path: string) => string | undefined;
  readonly #tag: Version | undefined;
  readonly #known = new Map<string, Version | undefined>();

  constructor(read: (path: string) => string | undefined, tag: string | undefined) {
    this.#read = read;
    this.#tag = tag === undefined ? undefined : versionIn(tag.replace(/^.*@|^[a-z-]*(?=v?\d)/i, ''));
  }

  of(path: string): Version | undefined {
    for (let folder = posix.dirname(path); ; folder = posix.dirname(folder)) {
      const found = this.#in(folder);
      if (found !== undefined) return found;
      if (folder === '.' || folder === '/') return this.#tag;
    }
  }

  #in(folder: string): Version | undefined {
    if (this.#known.has(folder)) return this.#known.get(folder);
    const manifest = this.#read(posix.join(folder, 'package.json'));
    const named = manifest === undefined ? undefined : asText(asRecord(parseJson(manifest))['version']);
    const toml = this.#read(posix.join(folder, 'Cargo.toml')) ?? this.#read(posix.join(folder, 'pyproject.toml')) ?? '';
    const written = named ?? /^version\s*=\s*"([^"]+)"/m.exec(toml)?.[1];
    const version = written === undefined ? undefined : versionIn(written);
    this.#known.set(folder, version);
    return version;
  }
}

/** Undefined for none, and for one that stands for none (`0.0.0-development`). */
function versionIn(text: string): Version | undefined {
  const [, major, minor, patch, rest = ''] = /^v?(\d+)\.(\d+)(?:\.(\d+))?(.*)$/.exec(text.trim()) ?? [];
  if (major === undefined || minor === undefined) return undefined;
  if (Number(major) + Number(minor) + Number(patch ?? 0) === 0) return undefined;
  return {
    text: text.trim(),
    major: Number(major),
    minor: Number(minor),
    isPrerelease: /^[-.]?(?:[a-z]|rc|dev)/i.test(rest),
  };
}
