import { conflictOf, isPermissive } from './licences.ts';
import type { Detected } from './detected.ts';
import { hostOf, type Drift, type LockedPackage } from './supply-chain-lock.ts';
import { countOf } from './words.ts';

const SHOWN = 6;

/** What the rules are told of a lock file. */
export type LockView = Readonly<{
  /** Relative to the root. */
  path: string;
  text: string;
  refresh: string;
  /** Whether the build service installs what it says. */
  isInstalled: boolean;
  packages: readonly LockedPackage[];
  /** Names that the project's own manifests ask for. */
  direct: ReadonlySet<string>;
  /** The project's own licence where it is published; undefined where it is not. */
  licence: string | undefined;
}>;

type Drifted = Drift & Readonly<{ manifest: string }>;

/** The manifest was changed and the lock file was not: a clean install fails, or takes other versions. */
export function outOfStep(
  { path, refresh, isInstalled }: Pick<LockView, 'path' | 'refresh' | 'isInstalled'>,
  drifts: readonly Drifted[],
): readonly Detected[] {
  const [first] = drifts;
  if (first === undefined) return [];
  const what = drifts.length === 1 ? first.name : `${countOf(drifts.length, 'dependency', 'dependencies')}`;
  return [
    {
      kind: 'lock-out-of-step',
      severity: isInstalled ? 'high' : 'medium',
      confidence: 0.85,
      title: drifts.every(({ locked }) => locked === undefined)
        ? `${what} of ${first.manifest} ${drifts.length === 1 ? 'is' : 'are'} not in the lock file`
        : `${what} in ${first.manifest} and the lock file differ`,
      file: path,
      line: 0,
      anchor: drifts
        .map(({ name, asked }) => `${name} ${asked}`)
        .toSorted()
        .join(' '),
      evidence: drifts.slice(0, SHOWN).map(({ name, asked, locked, manifest }) => ({
        source: 'supply-chain',
        text: `${manifest} asks for ${asked === '' ? name : `${name} ${asked}`}; the lock file has ${locked === undefined ? 'none' : locked}.`,
        ref: manifest,
      })),
      fix: `Run "${refresh}" and commit the lock file: a clean install of what is committed fails, or gives other versions.`,
    },
  ];
}

/** Nothing says what the bytes of a package must be: whoever serves them decides. */
export function missingIntegrity({ path, text, packages, refresh }: LockView): readonly Detected[] {
  // Tarballs from elsewhere without a hash are named by their source.
  const bare = packages.filter(
    ({ hasIntegrity, origin }) => hasIntegrity === false && (origin === 'registry' || origin === 'unknown'),
  );
  const [first] = bare;
  if (first === undefined) return [];
  const isOld = bare.length === packages.length;
  return [
    {
      kind: 'missing-integrity',
      severity: isOld || bare.length < 3 ? 'low' : 'medium',
      confidence: 0.8,
      title: `${countOf(bare.length, 'package')} of ${packages.length} in the lock file ${bare.length === 1 ? 'has' : 'have'} no hash`,
      file: path,
      line: lineOf(text, first),
      anchor: 'missing integrity',
      evidence: [
        ...byLine(text, bare.slice(0, SHOWN * 4))
          .slice(0, SHOWN)
          .map(({ one, line }) => ({
            source: 'supply-chain',
            text: `${one.name} ${one.version}.`,
            ref: `${path}:${line}`,
          })),
        {
          source: 'supply-chain',
          text: 'Without a hash an install takes whatever it is served under that name and version.',
        },
      ],
      fix: `Remove the entries (or the lock file and node_modules), then run "${refresh}": the hashes come back.`,
    },
  ];
}

/** Packages that do not come from a registry over an encrypted line. */
export function insecureSources(view: LockView): readonly Detected[] {
  const loose = view.packages.filter((one) => !isAtCommit(one));
  const plain = loose.filter(({ origin }) => origin === 'plain-http' || origin === 'plain-git');
  const elsewhere = loose.filter(
    ({ origin, hasIntegrity }) => origin === 'git' || (origin === 'tarball' && hasIntegrity !== true),
  );
  return [...plainSources(view, plain), ...otherSources(view, elsewhere)];
}

/** Git compares what it fetches with the hash of a commit: nobody can put other code behind it. */
function isAtCommit({ origin, url }: LockedPackage): boolean {
  const isFromGit = origin === 'git' || origin === 'plain-git';
  return isFromGit && /[#/=](?:[0-9a-f]{40}|[0-9a-f]{64})(?![0-9a-f])/.test(url);
}

function plainSources({ path, text }: LockView, plain: readonly LockedPackage[]): readonly Detected[] {
  const [first] = plain;
  if (first === undefined) return [];
  const isHashed = plain.every(({ hasIntegrity }) => hasIntegrity === true);
  const hosts = [...new Set(plain.map(({ url }) => hostOf(url)))];
  return [
    {
      kind: 'insecure-source',
      severity: isHashed ? 'medium' : 'high',
      confidence: 0.9,
      title: `${countOf(plain.length, 'package')} ${plain.length === 1 ? 'comes' : 'come'} over an unencrypted line`,
      file: path,
      line: lineOf(text, first),
      anchor: `plain ${hosts.toSorted().join(' ')}`,
      evidence: [
        ...plain.slice(0, SHOWN).map((one) => ({
          source: 'supply-chain',
          text: `${one.name}: ${one.url.slice(0, 160)}`,
          ref: `${path}:${lineOf(text, one)}`,
        })),
        {
          source: 'supply-chain',
          text: isHashed
            ? 'A hash fixes the content, but anybody on the way sees and can stop it.'
            : 'Anybody on the way can put other code in its place.',
        },
      ],
      fix: `Write https:// for ${hosts.slice(0, 3).join(', ')}.`,
    },
  ];
}

function otherSources({ path, text, direct }: LockView, packages: readonly LockedPackage[]): readonly Detected[] {
  const [first] = packages;
  if (first === undefined) return [];
  const isShipped = packages.some(({ isDev, isOptional }) => !isDev && !isOptional);
  const names = [...new Set(packages.map(({ name }) => name))];
  return [
    {
      kind: 'insecure-source',
      severity: 'low',
      confidence: isShipped ? 0.75 : 0.6,
      title:
        names.length === 1
          ? `${first.name} does not come from a registry`
          : `${names.length} packages do not come from a registry`,
      file: path,
      line: lineOf(text, first),
      anchor: `elsewhere ${names.toSorted().join(' ')}`,
      evidence: packages.slice(0, SHOWN).map((one) => ({
        source: 'supply-chain',
        text: `${one.name}${direct.has(one.name) ? '' : ', which another package brings,'} comes from ${one.url.slice(0, 160)}`,
        ref: `${path}:${lineOf(text, one)}`,
      })),
      fix: 'Use a published version where there is one: such code can vanish, no advisory names it, and nothing but its address vouches for it.',
    },
  ];
}

/** Everybody who takes one of these knows that it gets or builds a program of its own. */
const KNOWN_BUILDERS =
  /^(?:@swc\/|@parcel\/|@tailwindcss\/|@sentry\/cli|@prisma\/|@nestjs\/|@playwright\/|@vscode\/|@ffmpeg|@serialport\/|@tensorflow\/)|^(?:esbuild|swc|sharp|bcrypt|argon2|canvas|fsevents|puppeteer|playwright|cypress|electron|better-sqlite3|sqlite3|core-js(?:-pure|-bundle)?|es5-ext|msw|prisma|protobufjs|unrs-resolver|lightningcss|nx|node-sass|sass-embedded|grpc|bufferutil|utf-8-validate|node-pty|keytar|husky|simple-git-hooks|lefthook|ffmpeg-static|chromedriver|geckodriver|workerd|wrangler|turbo|re2|zeromq|leveldown|classic-level|serialport|usb|node-hid|robotjs|oracledb|snappy|kerberos|ssh2|cpu-features|dtrace-provider|microtime|couchbase|realm|dugite|gifsicle|mozjpeg|optipng-bin|pngquant-bin|jpegtran-bin|cwebp-bin|vue-demi|postinstall-postinstall|node-gyp)$/;

/** So low that it stands after everything that was found: nobody sees here what such a script does. */
const ASKED = 0.05;

/** Direct dependencies of what is shipped that run a program of their own when they are installed. */
export function installScripts({ path, text, packages, direct }: LockView): readonly Detected[] {
  const running = packages.filter(
    ({ name, hasInstallScript, isDev, isOptional }) =>
      hasInstallScript === true && !isDev && !isOptional && direct.has(name) && !KNOWN_BUILDERS.test(name),
  );
  const names = [...new Set(running.map(({ name }) => name))].toSorted();
  const [first] = running;
  if (first === undefined) return [];
  const shown = names.slice(0, 4).join(', ') + (names.length > 4 ? ` and ${names.length - 4} more` : '');
  return [
    {
      kind: 'install-script',
      severity: 'low',
      confidence: ASKED,
      title: `${shown} ${names.length === 1 ? 'runs' : 'run'} a script when installed`,
      file: path,
      line: lineOf(text, first),
      anchor: names.join(' '),
      evidence: running.slice(0, SHOWN).map((one) => ({
        source: 'supply-chain',
        text: `${one.name} ${one.version} has an install script.`,
        ref: `${path}:${lineOf(text, one)}`,
      })),
      fix: 'Install with scripts off (ignore-scripts=true in .npmrc) and rebuild those that need it by name; or see what the scripts do and leave it.',
    },
  ];
}

/** Packages that are shipped with a permissively licensed project, under terms that ask for more than it gives. */
export function licenceConflicts({ path, text, packages, licence }: LockView): readonly Detected[] {
  if (licence === undefined || !isPermissive(licence)) return [];
  const shipped = packages.filter(({ isDev, isOptional, licence: own }) => !isDev && !isOptional && own !== undefined);
  return shipped.flatMap((one): readonly Detected[] => {
    const problem = conflictOf(one.licence ?? '');
    if (problem === undefined) return [];
    const ref = `${path}:${lineOf(text, one)}`;
    return [
      {
        kind: 'licence-conflict',
        severity: problem === 'copyleft' ? 'high' : 'medium',
        confidence: 0.8,
        title: `${one.name} is under ${one.licence ?? ''}, this project under ${licence}`,
        file: path,
        line: lineOf(text, one),
        anchor: `${one.name} ${one.licence ?? ''}`,
        evidence: [
          { source: 'supply-chain', text: `${one.name} ${one.version}: ${one.licence ?? ''}`, ref },
          {
            source: 'manifests',
            text: `The project is published under ${licence}, and brings it to everybody who installs it.`,
          },
        ],
        fix: `Replace ${one.name}, or ask somebody who knows the law whether the two go together.`,
      },
    ];
  });
}

/** One package for each line: where a lock file cannot be told apart further, the first stands for the others. */
function byLine(
  text: string,
  packages: readonly LockedPackage[],
): readonly Readonly<{ one: LockedPackage; line: number }>[] {
  const all = packages.map((one) => ({ one, line: lineOf(text, one) }));
  return all.filter(({ line }, index) => all.findIndex((other) => other.line === line) === index);
}

/** Where the lock file speaks of the package; 0 when it cannot be told. */
function lineOf(text: string, { name, version, key }: LockedPackage): number {
  const marks = [
    ...(key === undefined ? [] : [`"${key}": {`]),
    `node_modules/${name}": {`,
    `\n${name}@`,
    `\n"${name}@`,
    `'${name}@${version}`,
    `/${name}@${version}`,
    `  ${name}@${version}`,
    `"${name}": {`,
    `"${name}": [`,
    name,
  ];
  const at = marks.map((mark) => text.indexOf(mark)).find((index) => index >= 0);
  return at === undefined ? 0 : text.slice(0, at + 1).split('\n').length;
}
