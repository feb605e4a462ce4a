import { posix } from 'node:path';
import { type FileContext, isCiFile, isForDevelopment, isProduction } from '../classify.ts';
import { IgnoreFile } from '../ignore-file.ts';
import type { TextReader } from '../read-text.ts';
import type { Motion } from './ballot.ts';
import { isAboutTests, type KindClass, ruleOf } from './kinds.ts';
import { abstain, approve, type Bench, type Opinion, reject } from './opinion.ts';
import { namedToRun } from './started.ts';

/** How much of a file says what it is. */
const HEAD_CHARS = 4_000;

const SAMPLE_WORDS =
  /(?:^|[/_.-])(?:examples?|samples?|demos?|playground|tutorials?|fixtures?|testdata|mocks?|stubs?|snapshots?|templates?|boilerplate|scaffold(?:ing)?|benchmarks?|bench|perf|storybook|stories|e2e|specs?|tests?|__(?:tests?|mocks?|fixtures?|snapshots?|examples?)__)(?=$|[/_.-])|(?:^|\/)sandbox(?:es)?(?=\/)/i;
/** As a whole name: a product may well be called something with "legacy" in it. */
const RETIRED_WORDS =
  /(?:^|\/)(?:deprecated|legacy|archived?|attic|obsolete|old|backup|bak|trash|graveyard)(?=\/)|[._-](?:old|bak|orig|deprecated)(?=\.\w+$)/i;
/** With an address, or the name of something known: a licence of their own stands at the head of many files. */
const COPIED =
  /\b(?:copied|taken|adapted|ported|forked|vendored|borrowed|inlined) from\b[^.]{0,80}(?:https?:\/\/|\bgithub\.com|\bnode_modules\b)|\b(?:jQuery|lodash|underscore|moment|bootstrap) v?\d|https?:\/\/(?:unpkg|cdn\.jsdelivr|cdnjs)\b/i;
const MADE = /@generated\b|\bdo not (?:edit|modify)\b|\bauto-?generated\b|\bgenerated (?:by|from|with|using)\b/i;
/** What stands before the first line of code. */
const LEADING = /^(?:\s+|#![^\n]*|\/\*[\s\S]*?\*\/|\/\/[^\n]*|#[^\n]*|--[^\n]*|'use strict';?|"use strict";?)*/;
const TEST_TOOL =
  /\bfrom\s+['"](?:vitest|@jest\/globals|mocha|ava|tap|tape|node:test|@playwright\/test|uvu|bun:test|cypress)['"]|\brequire\(['"](?:vitest|mocha|ava|tap|tape|node:test|uvu)['"]\)/;
const TEST_CALLS = /^\s*(?:describe|it|test)\(\s*['"`]/m;

/** Where it stands: in what the project ships and runs, or in what only looks like it. */
export function contextOfFinding(motion: Motion, bench: Bench): Opinion {
  const { kind, file } = motion.finding;
  const rule = ruleOf(kind).class;
  if (isAboutTests(kind)) return inTests(file);
  if (rule === 'docs') return inPage(file, bench.reader);
  if (kind === 'large-file') return byPlace(motion);
  if (rule === 'ci' && isCiFile(file))
    return approve('It stands in what the build service runs.', { text: file, ref: file });
  return inFile(motion, rule, bench);
}

/** Every clone carries it, in whatever folder; only what tests need may have a reason. */
function byPlace({ finding: { file }, place: { context } }: Motion): Opinion {
  const isNeeded = context === 'test' || context === 'fixture' || context === 'vendored' || context === 'generated';
  if (isNeeded) return reject(`It stands in a folder for ${context} files, which may need it.`);
  return approve('It stands among the files of the project, and every clone carries it.', { text: file, ref: file });
}

/** What is not shipped does its work as it is, or its people see that it does not. */
const FOR_KEEPERS = /(?:^|\/)(?:scripts?|dev|devtools|hack|misc|contrib|build-?scripts?)\//;

function placeAgainst(file: string, context: FileContext, rule: KindClass, bench: Bench): string | undefined {
  const sample = samplePath(file, context);
  if (!FOR_KEEPERS.test(file)) return sample;
  const mayBe = sample ?? (rule === 'defect' ? 'It is a script for those who keep the project.' : undefined);
  // What a build or the manifest starts is a tool that the project needs, whatever it is called.
  return mayBe !== undefined && isProduction(context) && namedToRun(file, bench) !== undefined ? undefined : mayBe;
}

/** The lists of linters and formatters speak of code; lock files stand in them for other reasons. */
const IS_CODE: ReadonlySet<KindClass> = new Set(['defect', 'quality', 'security']);
/** Signs of the value decide there; for what a file or a manifest is, its being a text says nothing against it. */
const MAY_STAND_IN_TEXTS: ReadonlySet<KindClass> = new Set(['leftover', 'supply', 'ci']);

function inFile({ finding, place }: Motion, rule: KindClass, bench: Bench): Opinion {
  const { file, line } = finding;
  const text = place.isText ? (bench.reader.text(file) ?? '') : '';
  const against =
    placeAgainst(file, place.context, rule, bench) ??
    madeUpThere(finding, place.context) ??
    (IS_CODE.has(rule) ? (disowned(file, bench.reader) ?? foreign(text)) : marked(file, bench.reader));
  if (against !== undefined) return reject(against, { text: against, ref: file });
  const around = rule === 'leftover' ? undefined : aroundLine(text, line, file);
  if (around !== undefined) return reject(around, { text: around, ref: `${file}:${line}` });
  if (place.context === 'docs' && !MAY_STAND_IN_TEXTS.has(rule)) {
    return abstain('It stands in a text, where a sample and the real thing look the same.');
  }
  const reason = whatItIs(place.context, file);
  return approve(reason, { text: reason, ref: file });
}

function whatItIs(context: FileContext, file: string): string {
  if (/(?:^|\/)(?:package\.json|[\w.-]*lock[\w.-]*)$/.test(file)) return 'It stands in what the project installs.';
  return context === 'config'
    ? 'It stands in a setting that the project runs with.'
    : 'It stands in code of the project itself: no sample, no test, nothing generated or copied.';
}

/** Keys of a service open something wherever they stand; others are made up for tests and for one's own machine. */
function madeUpThere({ kind, file, title }: Motion['finding'], context: FileContext): string | undefined {
  if (kind !== 'secret') return undefined;
  if (context === 'test' || context === 'fixture') return 'It stands among the tests, where keys are made up.';
  const isOfOwn = /^(?:value of|private key|password in|Azure)/.test(title);
  return isOfOwn && isForDevelopment(file) ? 'Its path says that it is for development or tests.' : undefined;
}

/** By the whole path, in wider words than those that sort files. */
function samplePath(file: string, context: FileContext): string | undefined {
  if (context === 'generated' || context === 'vendored') return `The file is ${context}: it is not written here.`;
  const word = SAMPLE_WORDS.exec(file)?.[0];
  if (word !== undefined) return `"${word.replace(/^[/_.-]/, '')}" in its path: it is a sample or test data.`;
  const retired = RETIRED_WORDS.exec(file)?.[0];
  return retired === undefined ? undefined : `"${retired.replace(/^[/_.-]/, '')}" in its path: it is kept, not used.`;
}

/**
 * People name what is not theirs to correct in the list of their linter. A list that leaves out everything only says
 * that another linter is used; lists of formatters say nothing about whose code it is.
 */
function disowned(file: string, reader: TextReader): string | undefined {
  const list = new IgnoreFile(reader.text('.eslintignore') ?? '');
  if (isListed(file, list) && !isListed(`any/folder/file${posix.extname(file)}`, list)) {
    return '.eslintignore leaves it out: the project does not keep it.';
  }
  return marked(file, reader);
}

function marked(file: string, reader: TextReader): string | undefined {
  const lines = (reader.text('.gitattributes') ?? '').split('\n');
  const named = lines.filter((line) => /\blinguist-(?:generated|vendored)(?:=true)?(?:\s|$)/.test(line));
  const patterns = named.map((line) => line.trim().split(/\s+/)[0] ?? '').join('\n');
  return isListed(file, new IgnoreFile(patterns)) ? '.gitattributes calls it generated or vendored.' : undefined;
}

function isListed(file: string, list: IgnoreFile): boolean {
  const parts = file.split('/');
  const verdicts = parts.map((_, index) => list.verdict(parts.slice(0, index + 1), index < parts.length - 1));
  return verdicts.findLast((verdict) => verdict !== undefined) === 'ignored';
}

function foreign(text: string): string | undefined {
  const head = text.slice(0, HEAD_CHARS);
  const comments = LEADING.exec(head)?.[0] ?? '';
  if (MADE.test(comments)) return 'Its head says that a program wrote it.';
  const copied = COPIED.exec(comments)?.[0];
  if (copied !== undefined) return `Its head says "${copied}": it was written elsewhere.`;
  return TEST_TOOL.test(head) || TEST_CALLS.test(head)
    ? 'It loads a test tool: it is a test, whatever its name.'
    : undefined;
}

/** In a comment, or in a part that only tests run. */
function aroundLine(text: string, line: number, file: string): string | undefined {
  if (line === 0 || !/\.(?:[cm]?[jt]sx?|vue|svelte|go|rs|java|kt|c|cc|cpp|h|cs|swift|php|scala)$/.test(file))
    return undefined;
  const lines = text.split('\n');
  const own = lines[line - 1]?.trim() ?? '';
  if (/^(?:\/\/|\*|\/\*)/.test(own)) return 'It stands in a comment.';
  const before = lines.slice(Math.max(0, line - 30), line - 1).join('\n');
  if (/\bimport\.meta\.vitest\b|#\[cfg\(test\)\]/.test(before)) return 'It stands in a part that only tests run.';
  return undefined;
}

function inTests(file: string): Opinion {
  const word = /(?:^|\/)(?:[\w.-]*fixtures?|testdata|templates?|snapshots?)(?=\/)/i.exec(file)?.[0];
  if (word !== undefined) return reject(`"${word.replace(/^\//, '')}" in its path: no test tool starts it.`);
  return approve('It stands where the test tool looks for tests.', { text: file, ref: file });
}

const OLD_PAGE =
  /(?:^|\/)(?:changelogs?|blog|archived?|rfcs?|news|old|legacy|attic)(?=\/)|(?:^|\/)(?:changelog|changes|history|release-?notes|news)[\w.-]*(?=\.\w+$)/i;

function inPage(file: string, reader: TextReader): Opinion {
  const word = OLD_PAGE.exec(file)?.[0];
  if (word !== undefined)
    return reject(`"${word.replace(/^[/_.-]/, '')}" in its path: it tells of what was, and is left as it is.`);
  if (SAMPLE_WORDS.test(posix.dirname(file))) return reject('It belongs to a sample or to test data.');
  const text = reader.text(file) ?? '';
  if (MADE.test(text.slice(0, 1_000))) return reject('Its head says that a program wrote it.');
  return approve('It is a page that people read to use or build the project.', { text: file, ref: file });
}
