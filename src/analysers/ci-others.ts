import { posix } from 'node:path';
import { NO_MATRIX } from './ci-matrix.ts';
import type { CiFile, CiJob, CiStep } from './ci-steps.ts';
import { entriesAt, itemsAt, textAt, textsAt, valueAt, type YamlEntry, type YamlNode } from './yaml-text.ts';

/** Which service reads the file, by its name. */
export function serviceOf(path: string): CiFile['service'] {
  if (path.startsWith('.github/')) return 'GitHub';
  if (path.startsWith('.gitlab')) return 'GitLab';
  if (path.startsWith('.circleci/')) return 'CircleCI';
  if (path.includes('azure-pipelines')) return 'Azure';
  return posix.basename(path).startsWith('.travis') ? 'Travis' : 'other';
}

/** The commands of a service other than GitHub: what tests, and what says that its failure does not count. */
export function otherFile(path: string, text: string, root: YamlNode): CiFile {
  const service = serviceOf(path);
  return { path, text, service, triggers: new Set(), jobs: jobsOf(service, root) };
}

function jobsOf(service: CiFile['service'], root: YamlNode): readonly CiJob[] {
  switch (service) {
    case 'GitLab':
      return entriesAt(root).flatMap(gitlabJob);
    case 'CircleCI':
      return entriesAt(valueAt(root, 'jobs')).map(circleJob);
    case 'Azure':
      return [{ name: 'steps', line: 1, steps: azureSteps(root), condition: '', text: '', matrix: NO_MATRIX }];
    case 'Travis':
      return [{ name: 'script', line: 1, steps: travisSteps(root), condition: '', text: '', matrix: NO_MATRIX }];
    case 'GitHub':
    case 'other':
      return [];
  }
}

/** Keys of `.gitlab-ci.yml` that are no jobs. */
const GITLAB_WORDS = new Set(['default', 'include', 'stages', 'variables', 'workflow', 'image', 'services', 'cache']);

function gitlabJob({ key, line, value }: YamlEntry): readonly CiJob[] {
  if (value.kind !== 'map' || GITLAB_WORDS.has(key) || key.startsWith('.')) return [];
  const steps = ['before_script', 'script'].flatMap((part) => commandSteps(valueAt(value, part)));
  const allowed = entriesAt(value).find((entry) => entry.key === 'allow_failure');
  const isAllowed = textAt(allowed?.value) === 'true';
  const isManual = textAt(valueAt(value, 'when')) === 'manual';
  return [
    {
      name: key,
      line,
      steps,
      condition: isManual ? 'manual' : '',
      text: '',
      matrix: NO_MATRIX,
      ...(isAllowed && allowed !== undefined ? { ignoresFailureAt: allowed.line } : {}),
    },
  ];
}

function circleJob({ key, line, value }: YamlEntry): CiJob {
  const steps = itemsAt(valueAt(value, 'steps')).flatMap((step) => {
    const run = valueAt(step, 'run');
    return commandSteps(run?.kind === 'map' ? valueAt(run, 'command') : run);
  });
  return { name: key, line, steps, condition: '', text: '', matrix: NO_MATRIX };
}

const AZURE_SCRIPTS = ['script', 'bash', 'pwsh', 'powershell'];

/** Steps stand at the top, in jobs, or in jobs of stages. */
function azureSteps(node: YamlNode): readonly CiStep[] {
  const own = itemsAt(valueAt(node, 'steps')).flatMap((step) => {
    const ignored = entriesAt(step).find(({ key }) => key === 'continueOnError');
    const isIgnored = textAt(ignored?.value) === 'true' && ignored !== undefined;
    const steps = AZURE_SCRIPTS.flatMap((key) => commandSteps(valueAt(step, key)));
    return isIgnored ? steps.map((one) => ({ ...one, ignoresFailureAt: ignored.line })) : steps;
  });
  const below = ['stages', 'jobs'].flatMap((key) => itemsAt(valueAt(node, key)).flatMap(azureSteps));
  return [...own, ...below];
}

function travisSteps(root: YamlNode): readonly CiStep[] {
  const jobs = ['jobs', 'matrix'].flatMap((key) => itemsAt(valueAt(root, key, 'include')));
  return [root, ...jobs].flatMap((job) => commandSteps(valueAt(job, 'script')));
}

function commandSteps(node: YamlNode | undefined): readonly CiStep[] {
  if (node === undefined) return [];
  const lines = node.kind === 'list' ? node.items : [node];
  return lines.flatMap((line): readonly CiStep[] =>
    textsAt(line).map((text) => ({
      name: text.trim().split('\n')[0]?.slice(0, 80) ?? '',
      line: line.line,
      run: { text, line: text.includes('\n') ? line.line + 1 : line.line, isScript: false },
      with: new Map(),
      condition: '',
      id: '',
    })),
  );
}

/** A Jenkinsfile: each `sh '...'` is a command. */
export function jenkinsFile(path: string, text: string): CiFile {
  const steps = [...text.matchAll(/\b(?:sh|bat|powershell)\s*\(?\s*(?:script:\s*)?('''|"""|'|")([\s\S]*?)\1/g)].map(
    ({ 2: command = '', index }): CiStep => {
      const line = text.slice(0, index).split('\n').length;
      return {
        name: command.trim().slice(0, 80),
        line,
        run: { text: command, line, isScript: false },
        with: new Map(),
        condition: '',
        id: '',
      };
    },
  );
  return {
    path,
    text,
    service: 'other',
    triggers: new Set(),
    jobs: [{ name: 'steps', line: 1, steps, condition: '', text: '', matrix: NO_MATRIX }],
  };
}
