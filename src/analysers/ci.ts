import type { AnalyserCall, AnalyserResult } from './analyser.ts';
import { isCiFile } from './classify.ts';
import { unpinnedActions, type ActionsContext } from './ci-actions.ts';
import { ignoredFailures, judged } from './ci-failures.ts';
import { githubFile } from './ci-github.ts';
import { jenkinsFile, otherFile, serviceOf } from './ci-others.ts';
import { mainCommitters } from './ci-keepers.ts';
import { ownersOf } from './ci-owners.ts';
import { untrustedCheckouts, untrustedInput } from './ci-rules.ts';
import { outdatedActions, unstatedRights } from './ci-rights.ts';
import type { CiFile } from './ci-steps.ts';
import { noTestStep } from './ci-tests.ts';
import type { FileEntry, FindingsData } from './data.ts';
import { needData, writeData } from './data-files.ts';
import type { Detected } from './detected.ts';
import { originOf, type Asking } from './line-origin.ts';
import { TextReader } from './read-text.ts';
import { countOf } from './words.ts';
import { readYaml } from './yaml-text.ts';

const MAX_CI_FILES = 300;
/** Characters in all; a large project has 50,000. */
const MAX_CI_CHARS = 1_000_000;
const MAX_FINDINGS = 60;
/** So many lines are asked about in git. */
const MAX_ASKED = 12;

/** Reads what build services are told to do: what they may be tricked into, and what they look away from. */
export async function ci({ input, signal }: AnalyserCall): Promise<AnalyserResult> {
  const { files } = needData(input.data, 'inventory');
  const reader = new TextReader(input.root);
  const known = files.filter(({ path, isText }) => isText && isCiFile(path));
  const read: CiFile[] = [];
  let chars = 0;
  for (const { path } of known.slice(0, MAX_CI_FILES)) {
    signal.throwIfAborted();
    const text = reader.text(path) ?? '';
    chars += text.length;
    const file = chars > MAX_CI_CHARS ? undefined : readCiFile(path, text);
    if (file !== undefined) read.push(file);
  }
  const tests = known.length === read.length ? files.filter(isTest).length : 0;
  const manifests = files.filter(({ path }) => /(?:^|\/)package\.json$/.test(path)).map(({ path }) => path);
  const asking: Asking = { root: input.root, searchPath: input.searchPath, signal };
  const whose = read.length === 0 ? NOBODY : await whoseIt(read, reader, asking);
  const findings: readonly Detected[] = [
    ...read.flatMap((file) => [...untrustedInput(file), ...untrustedCheckouts(file)]),
    ...(await passedOver(read, asking)),
    ...noTestStep(read, { tests, manifests, reader }),
    ...unpinnedActions(read, { ...whose, keeper: keeperOf(reader) }),
    ...unstatedRights(read),
    ...outdatedActions(read),
  ];
  const missed = known.length - read.length;
  const data: FindingsData = {
    findings: findings.slice(0, MAX_FINDINGS),
    looked: read.length,
    leftOut: missed === 0 ? [] : [`${countOf(missed, 'CI file')} that could not be read as YAML.`],
  };
  return { file: writeData(input.data, 'ci', data), summary: { files: read.length, found: data.findings.length } };
}

type Whose = Omit<ActionsContext, 'keeper'>;

const NOBODY: Whose = { owners: new Set(), people: new Set() };

async function whoseIt(files: readonly CiFile[], reader: TextReader, asking: Asking): Promise<Whose> {
  const texts = files.map(({ text }) => text);
  const [owners, people] = await Promise.all([ownersOf(reader, texts, asking), mainCommitters(asking)]);
  return { owners, people: new Set(people) };
}

/** Failures that are passed over, the first few with what brought the line. */
async function passedOver(files: readonly CiFile[], asking: Asking): Promise<readonly Detected[]> {
  const all = files.flatMap((file) => ignoredFailures(file).map((one) => ({ one, file })));
  const found: Detected[] = [];
  for (const [index, { one, file }] of all.entries()) {
    const { line } = one.finding;
    const text = file.text.split('\n')[line - 1] ?? '';
    const origin = index < MAX_ASKED ? await originOf(asking, { path: file.path, line, text }) : undefined;
    found.push(...judged(one, origin));
  }
  return found;
}

function readCiFile(path: string, text: string): CiFile | undefined {
  if (path === 'Jenkinsfile') return jenkinsFile(path, text);
  const yaml = readYaml(text);
  const root = yaml.kind === 'parsed' ? yaml.documents[0] : undefined;
  if (root === undefined) return undefined;
  return serviceOf(path) === 'GitHub' ? githubFile(path, text, root) : otherFile(path, text, root);
}

/** Unit tests that somebody would want to be run; helpers among them do no harm, there must be several. */
function isTest({ path, context, language }: FileEntry): boolean {
  return (
    context === 'test' && language !== '' && /(?:[._-](?:test|spec)s?\.|(?:^|\/)test_|_test\.|Tests?\.)\w+$/.test(path)
  );
}

const RENOVATE = ['renovate.json', 'renovate.json5', '.renovaterc', '.renovaterc.json'];

/** The tool that renews the actions of workflows, where the repository has set one up for them; else `''`. */
function keeperOf(reader: TextReader): string {
  const dependabot = ['yml', 'yaml'].map((ending) => reader.text(`.github/dependabot.${ending}`) ?? '');
  if (dependabot.some((text) => /^[^#\n]*package-ecosystem:\s*["']?github-actions\b/m.test(text))) return 'Dependabot';
  const settings = [...RENOVATE, ...RENOVATE.map((name) => `.github/${name}`)].flatMap(
    (path) => reader.text(path) ?? [],
  );
  const isRenewing = settings.some(
    (text) => !/"?enabledManagers"?\s*:/.test(text) || /["']github-actions["']/.test(text),
  );
  return isRenewing ? 'Renovate' : '';
}
