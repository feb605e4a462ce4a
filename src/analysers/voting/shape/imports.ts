import { posix } from 'node:path';
import { contextOf } from '../../classify.ts';
import { IgnoreFile } from '../../ignore-file.ts';
import type { TextReader } from '../../read-text.ts';
import { asPattern, countOf } from '../../words.ts';
import type { Motion } from '../ballot.ts';
import { isOnDisk, namesIn } from '../on-disk.ts';
import { abstain, approve, type Bench, type Opinion, reject } from '../opinion.ts';

/** One statement that loads something, as its text says. */
type Statement = Readonly<{ names: readonly string[]; isType: boolean; isBare: boolean }>;

const STATEMENT =
  /^[ \t]*(?:import|export)\s+(type\s+)?([^'";]{0,1000}?)\bfrom\s*['"]([^'"\n]+)['"]|^[ \t]*import\s*['"]([^'"\n]+)['"]|\brequire\(\s*['"]([^'"\n]+)['"]\s*\)/gm;

/** Every step of the way around, read from the import statements: are they there, and do they load anything? */
export function importCycle({ steps }: Motion, { reader }: Bench): Opinion {
  const [first] = steps;
  if (first === undefined) return abstain('The way around is not known.');
  for (const [index, { file }] of steps.entries()) {
    const next = (steps[index + 1] ?? first).file;
    const opened = openedBy(reader.text(file) ?? '', file, next);
    if (opened !== undefined) return opened;
  }
  return approve(`${countOf(steps.length, 'import statement')} lead around, and each of them loads something.`, {
    text: steps.map(({ file }) => posix.basename(file)).join(' → '),
    ref: `${first.file}:${first.line}`,
  });
}

/** Why this step does not close the ring; undefined when it does. */
function openedBy(text: string, file: string, next: string): Opinion | undefined {
  const statements = statementsTo(text, file, next);
  const [from, to] = [posix.basename(file), posix.basename(next)];
  if (statements.length === 0) return abstain(`The import of ${to} in ${from} does not name the file.`);
  if (statements.every(({ isType }) => isType)) {
    return reject(`${from} imports only types from ${to}: nothing is loaded, the ring is open.`);
  }
  if (!statements.every((one) => isUsedAsType(one, text, file))) return undefined;
  return reject(`${from} uses what it imports from ${to} as types only: the ring is open when it runs.`);
}

function statementsTo(text: string, from: string, to: string): readonly Statement[] {
  const wanted = new Set(namesOf(to));
  return [...text.matchAll(STATEMENT)].flatMap(([, type, clause = '', specifier, bare, required]) => {
    const target = specifier ?? bare ?? required ?? '';
    if (!target.startsWith('.') || !wanted.has(stemOf(posix.join(posix.dirname(from), target)))) return [];
    return [{ ...clauseOf(clause, type !== undefined), isBare: specifier === undefined }];
  });
}

/** What stands between `import` and `from`. */
function clauseOf(clause: string, isType: boolean): Pick<Statement, 'names' | 'isType'> {
  const listed = (/\{([^}]*)\}/.exec(clause)?.[1] ?? '')
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
  const hasOnlyTypes = listed.length > 0 && /^\s*\{/.test(clause) && listed.every((word) => word.startsWith('type '));
  const names = [...listed, ...clause.replace(/\{[^}]*\}/, '').split(',')]
    .map(localNameOf)
    .filter((name) => name !== '');
  return { names, isType: isType || hasOnlyTypes };
}

const localNameOf = (word: string): string =>
  word
    .trim()
    .split(/\s+as\s+/)
    .at(-1)
    ?.replace(/^type\s+|^\*\s*/, '')
    .trim() ?? '';

/** What an import of the file may call it. */
function namesOf(path: string): readonly string[] {
  const stem = stemOf(path);
  return stem.endsWith('/index') ? [stem, stem.slice(0, -'/index'.length)] : [stem];
}

function stemOf(path: string): string {
  return path.replace(/\/$/, '').replace(/\.(?:[cm]?[jt]sx?|vue|svelte|astro)$/, '');
}

/** In TypeScript: every mention of its names stands where only a type can stand. */
function isUsedAsType({ names, isBare, isType }: Statement, text: string, file: string): boolean {
  if (isType) return true;
  if (isBare || names.length === 0 || !/\.[cm]?tsx?$/.test(file)) return false;
  const code = text.replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, '').replace(STATEMENT, '');
  return names.every((name) => {
    const uses = [...code.matchAll(new RegExp(`(?<![\\w$.])${asPattern(name)}(?![\\w$])`, 'g'))];
    return (
      uses.length > 0 &&
      uses.every(({ index }) =>
        isTypePlace(
          code.slice(Math.max(0, index - 40), index),
          code.slice(index + name.length, index + name.length + 20),
        ),
      )
    );
  });
}

function isTypePlace(before: string, after: string): boolean {
  if (/\b(?:implements|extends\s+\w*<|as|satisfies|keyof|typeof|is|interface\s+\w+\s+extends)\s+$/.test(before))
    return true;
  if (/[\w)\]?]\s*:\s*(?:readonly\s+)?$/.test(before)) return /^\s*(?:[|&;,)=\][<>{]|$|=>)/.test(after);
  return /(?:<|[|&]|=>)\s*$/.test(before) && /^\s*(?:[|&>,[\])};]|$)/.test(after) && !/\|\||&&/.test(before.slice(-4));
}

/** The folder as it lies on disk: is something of that name there after all, or will a build put it there? */
export function missingImport({ finding, anchor }: Motion, { root, reader }: Bench): Opinion {
  const path = posix.join(posix.dirname(finding.file), anchor.replace(/[?#].*$/, ''));
  const [folder, name] = [posix.dirname(path), posix.basename(path)];
  const stem = name.replace(/\.[cm]?[jt]sx?$/, '');
  const names = namesIn(root, folder);
  const alike = names.find((one) => one === name || one.replace(/\.[\w.]+$/, '') === stem);
  if (alike !== undefined) return reject(`${posix.join(folder, alike)} is there, and a tool may resolve to it.`);
  const maker = makerOf(path, { root, reader });
  if (maker !== undefined) return reject(`${maker} speaks of ${stem}: a build makes it.`);
  if (isInTry(reader.text(finding.file) ?? '', finding.line))
    return reject('It is loaded inside a try: it may be missing.');
  const otherCase = names.find((one) => one.toLowerCase().replace(/\.\w+$/, '') === stem.toLowerCase());
  const there =
    otherCase === undefined
      ? `${countOf(names.length, 'name')}, none of them "${stem}".`
      : `"${otherCase}" is there in other letters.`;
  return approve(`The folder ${folder} has ${there}`, { text: there, ref: folder });
}

/** A rule of git or a script that names the path. */
export function makerOf(path: string, { root, reader }: Pick<Bench, 'root' | 'reader'>): string | undefined {
  const stem = path.replace(/\.[cm]?[jt]sx?$/, '');
  for (let dir = posix.dirname(path); ; dir = posix.dirname(dir)) {
    const own = (name: string): string => posix.join(dir, name);
    const below = dir === '.' ? stem : posix.relative(dir, stem);
    if (isIgnored(below, reader.text(own('.gitignore')) ?? '')) return own('.gitignore');
    if (isOnDisk(root, dir, 'package.json') && scriptsName(reader, own('package.json'), below))
      return own('package.json');
    if (dir === '.') return undefined;
  }
}

function isIgnored(below: string, rules: string): boolean {
  const list = new IgnoreFile(rules);
  const parts = `${below}.js`.split('/');
  return parts.some((_, index) => list.verdict(parts.slice(0, index + 1), index < parts.length - 1) === 'ignored');
}

/** As something that a script writes: `-o lib/x.js`, `> x.json`. */
function scriptsName(reader: TextReader, manifest: string, below: string): boolean {
  const text = reader.text(manifest) ?? '';
  return new RegExp(`(?:-o|--out(?:put|file|-file|dir)?|>|=)[ =]*(?:\\./)?${asPattern(below)}\\b`).test(text);
}

/** The nearest block that is open at the line is that of a `try`. */
export function isInTry(text: string, line: number): boolean {
  const before = text
    .split('\n')
    .slice(Math.max(0, line - 12), line)
    .join('\n');
  const at = before.lastIndexOf('try');
  if (at < 0 || !/^try\s*\{/.test(before.slice(at))) return false;
  const after = before.slice(at);
  return (after.match(/\{/g)?.length ?? 0) > (after.match(/\}/g)?.length ?? 0);
}

/** Names that it gives to others; short ones mean anything. */
const EXPORTED =
  /\bexport\s+(?:async\s+)?(?:function\*?|const|let|class)\s+([\w$]{4,})|\bexports\.([\w$]{4,})\s*=|^\s*(?:def|class|func)\s+([A-Za-z]\w{3,})/gm;

/** Whether tests call what it gives to others; a program that gives nothing is looked for by its name. */
export function untestedHotSpot({ finding }: Motion, { root, reader }: Bench): Opinion {
  const source = reader.text(finding.file) ?? '';
  const exported = [...source.matchAll(EXPORTED)].flatMap((groups) =>
    groups.slice(1).filter((name) => name !== undefined),
  );
  const tests = testFilesUnder(root).filter((path) => path !== finding.file);
  if (tests.length === 0) return abstain('There are no tests to look through.');
  const called = exported.length === 0 ? namePattern(finding.file) : callPattern(exported);
  if (called === undefined) return abstain('Its name is too common to look for.');
  const found = tests.find((path) => called.test(reader.text(path) ?? ''));
  const what = exported.length === 0 ? 'names it' : `calls "${exported[0]}" or another of its functions`;
  if (found !== undefined)
    return reject(`${found} ${what}, though it does not import it.`, { text: found, ref: found });
  const looked = countOf(tests.length, 'test file');
  return exported.length === 0
    ? approve(`It gives nothing to others, and none of ${looked} names it.`)
    : approve(`None of ${looked} calls one of the ${exported.length} names that it gives to others.`);
}

function callPattern(names: readonly string[]): RegExp {
  return new RegExp(`(?<![\\w$])(?:${names.slice(0, 50).map(asPattern).join('|')})\\s*\\(`);
}

function namePattern(file: string): RegExp | undefined {
  const stem = posix.basename(file).replace(/\.\w+$/, '');
  if (stem.length < 4 || stem === 'index' || stem === 'main') return undefined;
  return new RegExp(`[/'"\`]${asPattern(stem)}(?:\\.\\w+)?['"\`]`);
}

const MAX_TESTS = 400;
const MAX_FOLDERS = 4_000;

function testFilesUnder(root: string): readonly string[] {
  const found: string[] = [];
  const folders = [''];
  for (const folder of folders) {
    if (found.length >= MAX_TESTS || folders.length > MAX_FOLDERS) break;
    for (const name of namesIn(root, folder)) {
      const path = posix.join(folder, name);
      if (name.startsWith('.') || name === 'node_modules' || name === 'dist') continue;
      if (!name.includes('.')) folders.push(path);
      else if (contextOf(path) === 'test') found.push(path);
    }
  }
  return found;
}
