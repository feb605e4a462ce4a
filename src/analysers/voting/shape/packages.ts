import { posix } from 'node:path';
import { asRecord, isRecord, parseJson } from '../../json-value.ts';
import { matchesGlob, parseGlob } from '../../glob.ts';
import { asPattern } from '../../words.ts';
import type { Motion } from '../ballot.ts';
import { isOnDisk, namesIn } from '../on-disk.ts';
import { abstain, approve, type Bench, type Opinion, reject } from '../opinion.ts';
import { namedToRun } from '../started.ts';
import { isInTry, makerOf } from './imports.ts';

const MAX_LOCK_BYTES = 8 * 1024 * 1024;
/** More than these, and more than a quarter of all, are not forgotten but gathered. */
const MOST_UNUSED = 3;
const SETTINGS = /\.config\.[cm]?[jt]s$|^(?:tsconfig[\w.-]*|jsconfig|deno|import_map|nx|turbo)\.json$|^\.babelrc/;

/** Around the import and in the settings above it: may it be missing, or does a tool put something in its place? */
export function undeclaredDependency({ finding, anchor, use }: Motion, { root, reader }: Bench): Opinion {
  const names = anchor.split(' ').filter((_, index) => index > 0);
  const text = reader.text(finding.file) ?? '';
  if (isInTry(text, finding.line)) return reject('It is loaded inside a try: it may be missing.');
  const name = names.find((one) => text.includes(one)) ?? names[0] ?? '';
  const named = whereNamed(name, finding.file, { root, reader });
  if (named !== undefined) return reject(named);
  if (isIdleScript(finding.file, reader)) return reject('It stands in a script that nothing starts.');
  if (
    use !== null &&
    use.importedBy === 0 &&
    use.entryOf === null &&
    namedToRun(finding.file, { root, reader }) === undefined
  )
    return abstain('Nothing loads the file by its name: it may be one that people bring their own packages to.');
  return approve(`No manifest or setting from ${posix.dirname(finding.file)} upwards names ${name}.`, {
    text: `0 mentions of "${name}".`,
    ref: `${finding.file}:${finding.line}`,
  });
}

function whereNamed(name: string, file: string, { root, reader }: Pick<Bench, 'root' | 'reader'>): string | undefined {
  for (let dir = posix.dirname(file); ; dir = posix.dirname(dir)) {
    for (const setting of namesIn(root, dir).filter((one) => SETTINGS.test(one))) {
      const path = posix.join(dir, setting);
      if (namesWord(reader.text(path) ?? '', name)) return `${path} names ${name}: a tool puts something in its place.`;
    }
    const manifest = reader.text(posix.join(dir, 'package.json'));
    if (manifest !== undefined && namesWord(manifest, name)) return `${posix.join(dir, 'package.json')} names ${name}.`;
    if (dir === '.') return undefined;
  }
}

/** In a folder for what people start by hand, and no manifest starts it. */
function isIdleScript(file: string, reader: Bench['reader']): boolean {
  if (!/(?:^|\/)(?:scripts?|tools?|tasks?|utils?\/dev|dev|hack|misc|contrib)\//.test(file)) return false;
  const [name, stem] = [posix.basename(file), posix.basename(file).replace(/\.\w+$/, '')];
  for (let dir = posix.dirname(file); ; dir = posix.dirname(dir)) {
    const scripts = JSON.stringify(
      asRecord(parseJson(reader.text(posix.join(dir, 'package.json')) ?? ''))['scripts'] ?? {},
    );
    if (scripts.includes(name) || scripts.includes(`/${stem}`)) return false;
    if (dir === '.') return true;
  }
}

function namesWord(text: string, name: string): boolean {
  return new RegExp(`["'\`]${asPattern(name)}(?:["'\`/]|@)`).test(text);
}

/** The lock file and what is installed: another dependency may ask for it, or bring a program that a script starts. */
export function unusedDependency(motion: Motion, bench: Bench): Opinion {
  const names = motion.anchor.split(' ');
  const opinions = names.map((name) => unusedOne(motion, name, bench));
  const used = opinions.filter(({ choice }) => choice === 'reject');
  const all = Object.keys(asRecord(asRecord(parseJson(bench.reader.text(motion.finding.file) ?? ''))['dependencies']));
  if (names.length > MOST_UNUSED && names.length * 4 > all.length) {
    return abstain(`${names.length} of ${all.length}: a manifest like that serves another purpose than its own code.`);
  }
  const [first] = used.length * 2 > names.length ? used : opinions.filter(({ choice }) => choice === 'approve');
  return first ?? abstain('The manifest could not be read.');
}

function unusedOne({ finding }: Motion, anchor: string, { root, reader }: Bench): Opinion {
  const dir = posix.dirname(finding.file);
  const manifest = reader.text(finding.file) ?? '';
  const asker = peerAsker(anchor, dir, { root, reader });
  if (asker !== undefined) return reject(`${asker} asks for it as a peer: it is used by that one.`);
  const short = anchor
    .replace(/^@[^/]+\//, '')
    .replace(
      /^(?:eslint-plugin|babel-plugin|babel-preset|eslint-config|postcss|remark|rehype|rollup-plugin|vite-plugin|gulp|grunt)-/,
      '',
    );
  if (
    short !== anchor &&
    short.length > 2 &&
    new RegExp(`["'\\s/:@]${asPattern(short)}["'\\s/:]`).test(manifest.replace(`"${anchor}"`, ''))
  ) {
    return reject(`The manifest speaks of "${short}", the short name of it.`);
  }
  const scripts = JSON.stringify(asRecord(parseJson(manifest))['scripts'] ?? '').replace(/"[^"]*":/g, '');
  const program = programsOf(anchor, dir, { root, reader }).find((one) =>
    new RegExp(`["\\s&|]${asPattern(one)}[\\s"]`).test(scripts),
  );
  if (program !== undefined) return reject(`A script starts "${program}", which it brings.`);
  const at = manifest.split('\n').findIndex((line) => line.includes(`"${anchor}"`)) + 1;
  if (at === 0 && !manifest.includes(`"${anchor}"`)) return reject('The manifest does not name it any more.');
  return approve('No locked package asks for it as a peer, and no script starts a program of it.', {
    text: `"${anchor}" is named once.`,
    ref: `${finding.file}:${Math.max(at, 1)}`,
  });
}

type Where = Pick<Bench, 'root' | 'reader'>;

function peerAsker(name: string, dir: string, { reader }: Where): string | undefined {
  for (const folder of new Set([dir, '.'])) {
    const lock = reader.read(posix.join(folder, 'package-lock.json'), MAX_LOCK_BYTES);
    if (lock.kind !== 'text' || !lock.text.includes('"peerDependencies"')) continue;
    const packages = asRecord(asRecord(parseJson(lock.text))['packages']);
    for (const [path, entry] of Object.entries(packages)) {
      if (path === '' || !isRecord(entry) || !Object.hasOwn(asRecord(entry['peerDependencies']), name)) continue;
      const optional = asRecord(asRecord(entry['peerDependenciesMeta'])[name])['optional'];
      if (optional !== true) return path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    }
  }
  return undefined;
}

function programsOf(name: string, dir: string, { root, reader }: Where): readonly string[] {
  const path = posix.join(dir, 'node_modules', name, 'package.json');
  if (!isOnDisk(root, path)) return [name.replace(/^@[^/]+\//, '')];
  const bin = asRecord(parseJson(reader.text(path) ?? ''))['bin'];
  return isRecord(bin) ? Object.keys(bin) : [name.replace(/^@[^/]+\//, '')];
}

/** Fields of a manifest in another language: the lines that name it, and every place that the name may stand for. */
function pointsNowhereElsewhere({ finding, anchor }: Motion, { root, reader }: Bench): Opinion {
  const lines = (reader.text(finding.file) ?? '').split('\n').slice(Math.max(0, finding.line - 1), finding.line + 8);
  const near = lines.filter((line) => !/^\s*(?:#|\/\/)/.test(line)).join('\n');
  const [target = ''] = anchor.split(' ').slice(-1);
  const words = target
    .split(/[./:]/)
    .filter((word) => word.length > 1 && !/^(?:py|toml|Cargo|mod|main|init|src)$/.test(word));
  if (words.length > 0 && !words.some((word) => near.includes(word))) return reject('The lines do not name it.');
  const dir = posix.dirname(finding.file);
  const bare = target.replace(/^\.\//, '');
  const module = bare.replace(/:.*$/, '').replaceAll('.', '/');
  const places = [
    bare,
    `src/${bare}`,
    ...['', 'src/'].flatMap((base) => [`${base}${module}.py`, `${base}${module}/__init__.py`]),
  ];
  const there = places.find((place) => isOnDisk(root, dir, place));
  if (there !== undefined) return reject(`${posix.join(dir, there)} is there.`);
  return approve(`None of ${places.length} places that "${target}" may stand for is there.`, {
    text: (lines[0] ?? '').trim().slice(0, 120),
    ref: `${finding.file}:${finding.line}`,
  });
}

/** The same name twice, as the lines of the file have it. */
export function dependencyTwice({ finding, anchor }: Motion, { reader }: Bench): Opinion {
  const [name = ''] = anchor.split(' ');
  const lines = (reader.text(finding.file) ?? '').split('\n');
  const bare = (line: string): string =>
    line
      .replace(/\s#.*$|^\s*(?:#|\/\/).*$/, '')
      .replace(/[-_.]+/g, '-')
      .toLowerCase();
  const named = new RegExp(
    `(?:^|["'\\s,\\[])${asPattern(name.replace(/[-_.]+/g, '-').toLowerCase())}(?=["'\\s,\\[=<>~!;:@]|$)`,
    'g',
  );
  const found = lines.reduce((sum, line) => sum + (bare(line).match(named)?.length ?? 0), 0);
  const at = lines.findIndex((line) => named.test(bare(line))) + 1;
  if (found < 2) return reject(`Outside comments the file names ${name} ${found === 1 ? 'once' : 'not at all'}.`);
  return approve(`The text of the file names ${name} ${found} times.`, {
    text: `${name}: ${found} times`,
    ref: `${finding.file}:${at}`,
  });
}

/** The line with the address: is anything fixed in it? */
export function unpinnedGitSource({ finding }: Motion, { reader }: Bench): Opinion {
  const lines = (reader.text(finding.file) ?? '').split('\n').slice(finding.line - 1, finding.line + 1);
  const [line = ''] = lines;
  if (/^\s*(?:#|\/\/)/.test(line)) return reject('The line is a comment.');
  if (/\b[0-9a-f]{40}\b|\b(?:rev|tag|ref|commit)\s*[:=]>?\s*["'][^"']+/.test(line))
    return reject('The line names a commit or a tag.');
  if (!/git|github|gitlab|bitbucket/.test(lines.join(' '))) return reject('The line names no git repository.');
  return approve('The line names a repository, and neither a commit nor a tag.', {
    text: line.trim().slice(0, 120),
    ref: `${finding.file}:${finding.line}`,
  });
}

/** Whether the folder holds any lock file, of whatever tool, and whether git would leave it out. */
export function noLockFile({ finding }: Motion, { root, reader }: Bench): Opinion {
  const dir = posix.dirname(finding.file);
  const lock = namesIn(root, dir).find((name) => /lock(?:b|file)?(?:\.\w+)?$|shrinkwrap/i.test(name));
  const rules = reader.text(posix.join(dir, '.gitignore')) ?? '';
  const isLeftOut = /^\/?(?:package-lock\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?)\s*$/m.test(rules);
  if (lock !== undefined && !isLeftOut) return reject(`${lock} lies there, though it is not committed yet.`);
  const said = isLeftOut ? 'and .gitignore leaves them out' : 'and .gitignore does not speak of any';
  return approve(`No lock file of any tool lies in the folder, ${said}.`, { text: dir, ref: finding.file });
}

/** `anchor`: the field or script, then the file that is not there. */
export function pointsNowhere(motion: Motion, bench: Bench): Opinion {
  if (!motion.finding.file.endsWith('package.json')) return pointsNowhereElsewhere(motion, bench);
  const { finding, anchor } = motion;
  const { root, reader } = bench;
  const target = anchor.slice(anchor.indexOf(' ') + 1);
  const path = posix.join(posix.dirname(finding.file), target);
  const names = namesIn(root, posix.dirname(path));
  const why = whyThere({ path, target, names }, { root, reader });
  if (why !== undefined) return reject(why);
  const isNamed = (reader.text(finding.file) ?? '').includes(posix.basename(target));
  if (!isNamed) return reject('The manifest does not name it.');
  const starts = /\b(?:prepare|prepack|prebuild|build|postinstall|generate)"\s*:\s*"([^"]*)"/.exec(
    reader.text(finding.file) ?? '',
  )?.[1];
  if (starts?.includes(posix.basename(target)) === true && !finding.title.startsWith('Script'))
    return reject('The build of the package speaks of it.');
  const there = names.length === 0 ? 'There is no folder' : `${names.length} other names stand in`;
  return approve(`${there} ${posix.dirname(path)}; "${posix.basename(path)}" is not there.`, {
    text: `Named in ${finding.file}, ignored by no rule, made by no script.`,
    ref: finding.file,
  });
}

/** It is there after all, or will be; or the manifest is a draft of the one at the root. */
function whyThere(
  { path, target, names }: Readonly<{ path: string; target: string; names: readonly string[] }>,
  where: Where,
): string | undefined {
  const maker = makerOf(path, where);
  if (maker !== undefined) return `${maker} speaks of ${target}: a build makes it.`;
  if (isOnDisk(where.root, target)) return `${target} stands at the root: the manifest is a draft of the one there.`;
  return names.includes(posix.basename(path)) ? `${path} is there.` : undefined;
}

/** The folders as they lie on disk, matched with the pattern once more. */
export function workspaceEmpty({ finding, anchor }: Motion, { root }: Bench): Opinion {
  const glob = parseGlob(anchor.replace(/^\.\//, ''));
  const base = posix.join(
    posix.dirname(finding.file),
    ...glob.slice(
      0,
      Math.max(
        0,
        glob.findIndex((one) => one.includes('*')),
      ),
    ),
  );
  const fixed = glob.some((one) => one.includes('*')) ? base : posix.join(posix.dirname(finding.file), ...glob);
  const found = namesIn(root, fixed).filter((name) => isOnDisk(root, fixed, name, 'package.json'));
  const isThere =
    isOnDisk(root, fixed, 'package.json') ||
    found.some((name) => matchesGlob(glob, posix.join(fixed, name).split('/')));
  if (isThere) return reject(`A package stands in ${fixed}.`);
  return approve(`Nothing below ${fixed} on disk has a package.json.`, { text: `"${anchor}"`, ref: finding.file });
}

/** What the lock files hold: one without a single entry decides nothing. */
export function lockFilesCompete({ finding, anchor }: Motion, { reader }: Bench): Opinion {
  const dir = posix.dirname(finding.file);
  const sizes = anchor.split(' ').map((name) => ({ name, entries: entriesIn(reader, posix.join(dir, name)) }));
  const empty = sizes.find(({ entries }) => entries === 0);
  if (empty !== undefined) return reject(`${empty.name} has no entry: it decides nothing.`);
  const manager = asRecord(parseJson(reader.text(posix.join(dir, 'package.json')) ?? ''))['packageManager'];
  const said = typeof manager === 'string' ? ` The manifest asks for ${manager}.` : '';
  return approve(`Both name packages: ${sizes.map(({ name, entries }) => `${name} ${entries}`).join(', ')}.${said}`, {
    text: anchor,
    ref: finding.file,
  });
}

/** Roughly: each entry of a lock file has one line of this form. */
function entriesIn(reader: TextReaderLike, path: string): number {
  const read = reader.read(path, MAX_LOCK_BYTES);
  if (read.kind === 'binary' || read.kind === 'too-large') return 1;
  if (read.kind !== 'text') return 0;
  return read.text.match(/^\s*(?:resolved\b|resolution:|"(?:resolved|integrity)"\s*:)/gm)?.length ?? 0;
}

type TextReaderLike = Bench['reader'];

/** Both must be packages that a workspace brings together, else nobody mixes them up. */
export function packageNameTwice({ finding, anchor }: Motion, { reader }: Bench): Opinion {
  const other = /Also in (\S+)\.$/.exec(finding.evidence[0]?.text ?? '')?.[1] ?? '';
  const names = [finding.file, other].map((path) => asRecord(parseJson(reader.text(path) ?? ''))['name']);
  if (names.some((name) => name !== anchor)) return reject('The two manifests name different packages.');
  const root = asRecord(parseJson(reader.text('package.json') ?? ''));
  const patterns = JSON.stringify(root['workspaces'] ?? '') + (reader.text('pnpm-workspace.yaml') ?? '');
  if (patterns === '""') return abstain('There is no workspace that would bring them together.');
  const isIn = [finding.file, other].every((path) => patterns.includes(path.split('/')[0] ?? ''));
  if (!isIn) return reject('The workspace does not bring both together: nobody mixes them up.');
  return approve(`Both stand in folders of the workspace, under the same "name".`, { text: other, ref: finding.file });
}
