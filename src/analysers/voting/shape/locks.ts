import { posix } from 'node:path';
import { asRecord, asText, parseJson } from '../../json-value.ts';
import { satisfies } from '../../semver-range.ts';
import { asPattern } from '../../words.ts';
import type { Motion } from '../ballot.ts';
import { isOnDisk } from '../on-disk.ts';
import { abstain, approve, type Bench, type Opinion, reject } from '../opinion.ts';

const MAX_LOCK_BYTES = 16 * 1024 * 1024;

function lockText({ finding }: Motion, { reader }: Bench): string {
  const read = reader.read(finding.file, MAX_LOCK_BYTES);
  return read.kind === 'text' ? read.text : '';
}

/** Every version of a package that the text of a lock file names, whatever its form. */
function versionsIn(text: string, name: string): readonly string[] {
  const own = asPattern(name);
  const forms = [
    `node_modules/${own}": \\{\\s*"version": "([^"]+)"`,
    `^\\s{2,6}"${own}": \\{\\s*"version": "([^"]+)"`,
    `^"?${own}@[^\\n]*:\\n\\s+version:? "?([^"\\n]+)`,
    `^\\s+'?/?${own}@([\\w.+-]+)[('":]`,
    `^\\s+/${own}/([\\w.+-]+):`,
    `^name = "${own}"\\nversion = "([^"]+)"`,
    `^\\s{4}${own} \\(([\\w.]+)\\)`,
    `"${own}": \\["${own}@([\\w.+-]+)"`,
  ];
  return [
    ...new Set(forms.flatMap((form) => [...text.matchAll(new RegExp(form, 'gm'))].map(([, version = '']) => version))),
  ];
}

/** `anchor`: name and asked range of each difference. The lock file is searched as text. */
export function lockOutOfStep(motion: Motion, bench: Bench): Opinion {
  const text = lockText(motion, bench);
  const facts = motion.finding.evidence.flatMap(({ text: said }) => {
    const [, name, asked = ''] = /asks for (\S+?)(?: (.+?))?; the lock file has/.exec(said) ?? [];
    return name === undefined ? [] : [{ name, asked }];
  });
  const [first] = facts;
  if (text === '' || first === undefined) return abstain('The lock file could not be searched.');
  const fits = facts.filter(({ name, asked }) => holdsIn(text, name, asked));
  if (fits.length === facts.length)
    return reject(`The lock file has what is asked for: ${first.name} ${versionsIn(text, first.name).join(', ')}.`);
  const [open = first] = facts.filter((one) => !fits.includes(one));
  const there = versionsIn(text, open.name);
  const found = there.length === 0 ? 'nothing of that name' : there.join(', ');
  return approve(`For ${open.name} ${open.asked} the text of the lock file has ${found}.`, {
    text: `${open.name}: ${found}`,
    ref: motion.finding.file,
  });
}

function holdsIn(text: string, name: string, asked: string): boolean {
  if (asked !== '' && new RegExp(`["']?${asPattern(name)}@(?:npm:)?${asPattern(asked)}["',:]`).test(text)) return true;
  return versionsIn(text, name).some((version) => asked === '' || satisfies(version, asked) !== false);
}

/** The entry at the line: what else does it say? */
function entryAt(motion: Motion, bench: Bench): string {
  const text = lockText(motion, bench);
  const lines = text.split('\n');
  if (lines.length < 5) return oneLineEntry(text, motion);
  const start = motion.finding.line - 1;
  const indent = (line: string): number => line.length - line.trimStart().length;
  const base = indent(lines[start] ?? '');
  const end = lines.findIndex((line, index) => index > start && line.trim() !== '' && indent(line) <= base);
  return lines.slice(start, end < 0 ? start + 15 : Math.min(end, start + 15)).join('\n');
}

/** A lock file without line ends: the first entry of the package that the finding names. */
function oneLineEntry(text: string, { finding }: Motion): string {
  const [name = ''] = (finding.evidence[0]?.text ?? '').split(/[ :,]/);
  const at = text.search(new RegExp(`(?:node_modules/|["/])${asPattern(name)}"\\s*:\\s*\\{`));
  return at < 0 ? '' : text.slice(at, text.indexOf('}', at) + 1);
}

const refOf = ({ finding: { file, line } }: Motion): string => `${file}:${line}`;

export function missingIntegrity(motion: Motion, bench: Bench): Opinion {
  const entry = entryAt(motion, bench);
  if (/integrity|checksum|sha\d{3}|"hash"/.test(entry)) return reject('The entry has a hash.');
  if (/"link": true|workspace:|file:|link:/.test(entry))
    return reject('It stands in this repository: there is nothing to hash.');
  if (/"bundled": true|inBundle/.test(entry))
    return reject('Another package brings it along, under the hash of that one.');
  return approve('The entry speaks of no hash.', {
    text: entry.replace(/\s+/g, ' ').slice(0, 120),
    ref: refOf(motion),
  });
}

export function insecureSource(motion: Motion, bench: Bench): Opinion {
  const entry = entryAt(motion, bench);
  const url = /(?:git\+\w+|git|https?|ssh):\/\/[^\s"',)]+|github:[^\s"']+|[\w.-]+@[\w.-]+:[\w./-]+\.git/.exec(
    entry,
  )?.[0];
  if (url === undefined) return abstain('The entry names no address.');
  if (/localhost|127\.0\.0\.1|\[::1\]|\.local[:/]/.test(url))
    return reject('The address is that of the machine itself.');
  if (/^https:\/\/(?:registry\.|[\w.-]*npmjs|[\w.-]*yarnpkg)/.test(url))
    return reject('The address is that of a registry, over an encrypted line.');
  return approve(`The entry names "${url.slice(0, 80)}".`, { text: url.slice(0, 160), ref: refOf(motion) });
}

/** Settings by which people say which scripts may run. Most scripts are needed: without one it stays a question. */
export function installScript(motion: Motion, { root, reader }: Bench): Opinion {
  const dir = posix.dirname(motion.finding.file);
  const names = motion.anchor.split(' ');
  const settings = [
    reader.text(posix.join(dir, '.npmrc')),
    reader.text('.npmrc'),
    reader.text(posix.join(dir, '.yarnrc.yml')),
  ].join('\n');
  if (/^\s*ignore-scripts\s*=\s*true|^\s*enableScripts:\s*false/m.test(settings))
    return reject('A setting of the project stops all install scripts.');
  const manifest = asRecord(parseJson(reader.text(posix.join(dir, 'package.json')) ?? ''));
  const allowed =
    JSON.stringify([
      manifest['trustedDependencies'],
      manifest['allowScripts'],
      asRecord(manifest['pnpm'])['onlyBuiltDependencies'],
      manifest['dependenciesMeta'],
    ]) + (reader.text('pnpm-workspace.yaml') ?? '');
  const [shipped, developed] = [asRecord(manifest['dependencies']), asRecord(manifest['devDependencies'])];
  if (names.every((name) => name in developed && !(name in shipped)))
    return reject('The manifest names it among what is needed to develop.');
  if (names.every((name) => allowed.includes(name)))
    return reject(`The project names ${names.join(', ')} as allowed to run scripts.`);
  const installed = names
    .map((name) => posix.join(dir, 'node_modules', name, 'package.json'))
    .filter((path) => isOnDisk(root, path));
  const running = installed.filter(
    (path) =>
      /"(?:pre|post)?install"\s*:/.test(reader.text(path) ?? '') || isOnDisk(root, posix.dirname(path), 'binding.gyp'),
  );
  if (installed.length === names.length && running.length === 0)
    return reject('As installed, none of them has an install script.');
  return abstain('No setting stops its script, and nobody sees here what it does.');
}

/** The project says that others may install it, and under which terms. */
export function licenceConflict(motion: Motion, { reader }: Bench): Opinion {
  const dir = posix.dirname(motion.finding.file);
  const manifest = asRecord(parseJson(reader.text(posix.join(dir, 'package.json')) ?? ''));
  const [name = ''] = motion.anchor.split(' ');
  if (manifest['private'] === true) return reject('The package is private: it is given to nobody.');
  if (/\bOR\b/.test(motion.anchor)) return reject('It leaves the choice of terms.');
  const dev = asRecord(manifest['devDependencies']);
  if (Object.hasOwn(dev, name)) return reject('Only those who develop the project install it.');
  const licence = asText(manifest['license']);
  if (licence === undefined) return abstain('The manifest names no licence.');
  const own = reader.text(posix.join(dir, 'node_modules', name, 'package.json'));
  const installed = asText(asRecord(parseJson(own ?? ''))['license']);
  if (installed !== undefined && /^(?:MIT|ISC|BSD|Apache|0BSD|Unlicense)/.test(installed))
    return reject(`As installed it is under ${installed}.`);
  return approve(`The manifest is published under ${licence} and does not keep ${name} to its developers.`, {
    text: `license: ${licence}`,
    ref: posix.join(dir, 'package.json'),
  });
}

/** The versions in the text of the lock file, against the range of the advisory. */
export function knownVulnerability(motion: Motion, bench: Bench): Opinion {
  const [name = '', ...range] = motion.anchor.split(' ');
  const versions = versionsIn(lockText(motion, bench), name);
  if (versions.length === 0) return abstain(`No version of ${name} was found in the text of the lock file.`);
  const asked = range.join(' ');
  const hit = versions.find((version) => asked === '' || satisfies(version, asked) === true);
  const listed = versions.join(', ');
  if (hit === undefined) {
    const isKnown = versions.every((version) => satisfies(version, asked) === false);
    return isKnown
      ? reject(`The lock file has ${name} ${listed}, which is outside ${asked}.`)
      : abstain(`${asked} could not be compared with ${listed}.`);
  }
  return approve(`The lock file has ${name} ${hit}, which is in ${asked === '' ? 'every range' : asked}.`, {
    text: `${name} ${listed}`,
    ref: refOf(motion),
  });
}
