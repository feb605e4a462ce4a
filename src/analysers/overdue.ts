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
  const found = BY_VERSION.exec(words);
  const [, when = '', sign, major, minor = ''] = found ?? [];
  if (found === null || ONWARDS.test(words.slice(found.index + found[0].length))) return [];
  if (/^after$/i.test(when)) return afterVersion(words);
  const isNumber = sign !== undefined || minor !== '' || WORDED.test(words);
  return major === undefined || !isNumber ? [] : [versionDue(major, minor, /^until$/i.test(when))];
}

/** "in 2.14 or later": from then on it may be done, which says no day by which it has to be. */
const ONWARDS = /^[\s,]*(?:\(?(?:or|and)\s+(?:later|newer|above|higher|after|up|beyond|greater)\b|on(?:wards?)?\b|\+)/i;
/** "4 versions after 1.5": that can be counted. What is only to come after a version has no end. */
const COUNTED = /\b(\d{1,2})\s+(?:(minor|major)\s+)?(?:versions?|releases?)\s+after\s+v?(\d{1,4})(?:\.(\d{1,4}))?/i;

function afterVersion(words: string): readonly Due[] {
  const [, count, size = 'minor', major, minor = ''] = COUNTED.exec(words) ?? [];
  if (count === undefined || major === undefined) return [];
  const isMajor = minor === '' || /^major$/i.test(size);
  return isMajor
    ? [versionDue(String(Number(major) + Number(count)), '0', false)]
    : [versionDue(major, String(Number(minor) + Number(count)), false)];
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

type VersionOf = (text: string) => string | undefined;

const inJson: VersionOf = (text) => asText(asRecord(parseJson(text))['version']);
const inLines: VersionOf = (text) => /^version\s*=\s*["']?([^"'\s]+)["']?\s*$/m.exec(text)?.[1];
const MANIFESTS: readonly (readonly [string, VersionOf])[] = [
  ['package.json', inJson],
  ['composer.json', inJson],
  ['Cargo.toml', inLines],
  ['pyproject.toml', inLines],
  ['pom.xml', inPom],
  ['gradle.properties', inLines],
  ['build.gradle', inLines],
  ['build.gradle.kts', inLines],
];

const OF_OTHERS =
  /<(dependencies|dependencyManagement|build|profiles|reporting|modules|properties|distributionManagement|scm|licenses|developers)>[\s\S]*?<\/\1>|<!--[\s\S]*?-->/g;
const PARENT = /<parent>[\s\S]*?<\/parent>/;

/** Its own, else that of its parent, as Maven reads it; `${revision}` is looked up. */
function inPom(text: string): string | undefined {
  const bare = text.replaceAll(OF_OTHERS, '');
  const own = /<version>\s*([^<\s]+)\s*<\/version>/;
  const found = own.exec(bare.replace(PARENT, ''))?.[1] ?? own.exec(PARENT.exec(bare)?.[0] ?? '')?.[1];
  return found?.replaceAll(
    /\$\{([\w.-]+)\}/g,
    (whole, name: string) => text.split(`<${name}>`)[1]?.split('<')[0]?.trim() ?? whole,
  );
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
    const written = MANIFESTS.flatMap(([name, versionOf]) => {
      const text = this.#read(posix.join(folder, name));
      return text === undefined ? [] : (versionOf(text) ?? []);
    });
    const version = written.flatMap((one) => versionIn(one) ?? [])[0];
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
