import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { analyseFolder } from '../../test/check/support/analyse.ts';
import { TestRepository, type Files } from '../../test/check/support/repository.ts';
import { readAuditReport } from './advisories-read.ts';
import { runAudit } from './advisories-run.ts';
import { advisories } from './advisories.ts';
import type { FindingsData } from './data.ts';

/** As npm 11 prints it, shortened. */
const NPM = JSON.stringify({
  auditReportVersion: 2,
  vulnerabilities: {
    minimist: {
      name: 'minimist',
      severity: 'critical',
      isDirect: false,
      via: [
        {
          source: 1097678,
          name: 'minimist',
          dependency: 'minimist',
          title: 'Prototype Pollution in minimist',
          url: 'https://github.com/advisories/GHSA-xvch-5gv4-984h',
          severity: 'critical',
          cwe: ['CWE-1321'],
          cvss: { score: 9.8, vectorString: null },
          range: '<0.2.4',
        },
        {
          source: 1096465,
          name: 'minimist',
          dependency: 'minimist',
          title: 'Prototype Pollution in minimist',
          url: 'https://github.com/advisories/GHSA-vh95-rmgr-6w4m',
          severity: 'moderate',
          cwe: ['CWE-1321'],
          cvss: { score: 5.6, vectorString: null },
          range: '<0.2.1',
        },
      ],
      effects: ['mkdirp'],
      range: '<=0.2.3',
      nodes: ['node_modules/minimist'],
      fixAvailable: true,
    },
    mkdirp: {
      name: 'mkdirp',
      severity: 'critical',
      isDirect: true,
      via: ['minimist'],
      effects: [],
      range: '0.4.1 - 0.5.1',
      nodes: ['node_modules/mkdirp'],
      fixAvailable: true,
    },
    marked: {
      name: 'marked',
      severity: 'high',
      isDirect: true,
      via: [
        {
          source: 1,
          name: 'marked',
          title: 'Slow regular expressions',
          url: 'https://github.com/advisories/GHSA-rrrm-qjm4-v8hf',
          severity: 'high',
          range: '<4.0.10',
        },
      ],
      fixAvailable: { name: 'marked', version: '15.0.0', isSemVerMajor: true },
    },
  },
  metadata: {
    vulnerabilities: { info: 0, low: 0, moderate: 0, high: 1, critical: 2, total: 3 },
    dependencies: { prod: 4, dev: 0, optional: 0, peer: 0, peerOptional: 0, total: 3 },
  },
});

const advisory = {
  id: 1096,
  module_name: 'marked',
  severity: 'high',
  title: 'Slow regular expressions',
  url: 'https://github.com/advisories/GHSA-rrrm-qjm4-v8hf',
  vulnerable_versions: '<4.0.10',
  patched_versions: '>=4.0.10',
  findings: [{ version: '4.0.0', paths: ['.>marked'] }],
};

const FILES: Files = {
  'package.json':
    '{"name":"shop","private":true,"scripts":{"preinstall":"touch ran"},"dependencies":{"mkdirp":"0.5.1","marked":"4.0.0"}}',
  'package-lock.json': JSON.stringify(
    {
      name: 'shop',
      lockfileVersion: 3,
      packages: { '': {}, 'node_modules/marked': { version: '4.0.0' }, 'node_modules/minimist': { version: '0.0.8' } },
    },
    undefined,
    2,
  ),
};

let programs: string;
beforeEach(() => {
  programs = mkdtempSync(join(tmpdir(), 'waggle-programs-'));
});
afterEach(() => rmSync(programs, { recursive: true, force: true }));

/** Puts a program into the search path. */
function program(name: string, script: string): void {
  writeFileSync(join(programs, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(programs, name), 0o755);
}

/** npm that answers with a file, and 1 as npm does when it found something. */
function npmThatPrints(text: string, more = ''): void {
  writeFileSync(join(programs, 'answer'), text);
  program(
    'npm',
    `if [ "$1" = config ]; then echo https://registry.npmjs.org/; exit 0; fi\n${more}\ncat ${programs}/answer\nexit 1`,
  );
}

function audit(files: Files): Promise<FindingsData> {
  const repository = new TestRepository(files);
  const searchPath = `${programs}:/usr/bin:/bin`;
  return analyseFolder(repository.path, ['advisories', advisories], { searchPath }).finally(() =>
    repository[Symbol.dispose](),
  );
}

describe('known vulnerabilities', () => {
  it('are one finding for each package at fault, with what to do', async () => {
    npmThatPrints(NPM);
    const { findings, looked } = await audit(FILES);
    expect(looked).toBe(3);
    expect(findings.map(({ severity, title, file, line, fix }) => ({ severity, title, file, line, fix }))).toEqual([
      {
        severity: 'critical',
        title: 'minimist: Prototype Pollution in minimist, and 1 more',
        file: 'package-lock.json',
        line: 9,
        fix: 'Run "npm audit fix": a version without it fits the manifest.',
      },
      {
        severity: 'high',
        title: 'marked: Slow regular expressions',
        file: 'package-lock.json',
        line: 6,
        fix: 'Install marked@15.0.0, which may break what uses it.',
      },
    ]);
  });

  it('are asked for in a copy, without scripts, settings and tokens of the project or the user', async () => {
    npmThatPrints(
      NPM,
      `env | cut -d= -f1 > ${programs}/names; ls -A > ${programs}/files; echo "$@" > ${programs}/args; pwd > ${programs}/place`,
    );
    await audit({ ...FILES, '.npmrc': 'fund=false\n' });
    const told = (name: string): string => readFileSync(join(programs, name), 'utf8');
    const names = told('names').trim().split('\n');
    const allowed =
      /^(?:PATH|HOME|PWD|OLDPWD|SHLVL|_|CI|NO_COLOR|COREPACK_ENABLE_STRICT|npm_config_\w+|https?_proxy|no_proxy|NODE_EXTRA_CA_CERTS|SSL_CERT_\w+)$/i;
    expect(names.filter((name) => !allowed.test(name))).toEqual([]);
    expect(told('files').trim().split('\n')).toEqual(['.npmrc', 'package-lock.json', 'package.json']);
    expect(told('args')).toContain('--ignore-scripts');
    expect(existsSync(told('place').trim())).toBe(false);
  });

  it('are read from pnpm and Yarn 1 as well', () => {
    const pnpm = JSON.stringify({ actions: [], advisories: { 1096: advisory }, metadata: { totalDependencies: 12 } });
    const yarn = [
      { type: 'auditAdvisory', data: { resolution: { id: 1096 }, advisory } },
      { type: 'auditAdvisory', data: { advisory } },
      { type: 'auditSummary', data: { totalDependencies: 12 } },
    ]
      .map((line) => JSON.stringify(line))
      .join('\n');
    const expected = {
      ok: true,
      packages: 12,
      advisories: [
        {
          name: 'marked',
          severity: 'high',
          titles: ['Slow regular expressions'],
          urls: [advisory.url],
          range: '<4.0.10',
          isDirect: true,
          fix: 'Bring marked to >=4.0.10.',
        },
      ],
    };
    expect(readAuditReport(pnpm)).toEqual(expected);
    expect(readAuditReport(yarn)).toEqual(expected);
  });

  it.each([
    ['{"vulnerabilities":{"a":null,"b":{"via":[3,null,"x"]},"c":{"via":[{"severity":"odd"}]}}}', 1],
    ['{"advisories":{"1":"x","2":{"module_name":3},"3":{"module_name":"a"}}}', 1],
    ['{"vulnerabilities":{},"metadata":{"dependencies":{"total":"many"}}}', 0],
  ])('are read from whatever is printed: %s', (text, count) => {
    expect(readAuditReport(text)).toMatchObject({ ok: true, packages: 0, advisories: { length: count } });
  });
});

describe('an audit that does not work', () => {
  it.each([
    [
      'the registry refuses',
      '{"message":"405 Method Not Allowed","error":{"summary":"","detail":""}}',
      '405 Method Not Allowed',
    ],
    [
      'no network is there',
      '{"error":{"code":"ENOTFOUND","summary":"request to https://registry.npmjs.org failed","detail":""}}',
      'request to https://registry.npmjs.org failed',
    ],
    ['something else is printed', 'npm is being updated', 'What it printed is no report.'],
  ])('is not checked, with the reason: %s', async (_, printed, why) => {
    npmThatPrints(printed);
    const { findings, skipped } = await audit(FILES);
    expect(findings).toEqual([]);
    expect(skipped).toMatchObject({ reason: 'tool-failed' });
    expect(skipped?.fix).toContain(`"npm audit" gave no answer: ${why}`);
  });

  it('says that the program is missing', async () => {
    const { skipped } = await audit({ 'package.json': '{}', 'pnpm-lock.yaml': "lockfileVersion: '9.0'\n" });
    expect(skipped).toMatchObject({ reason: 'tool-missing' });
    expect(skipped?.fix).toContain('pnpm was not found.');
  });

  it('says when there is nothing that it could ask', async () => {
    const { skipped } = await audit({ 'Cargo.lock': 'version = 3\n' });
    expect(skipped).toMatchObject({ reason: 'no-lockfile' });
  });

  it('asks nobody about the packages of a project with a registry of its own', async () => {
    npmThatPrints(NPM, `touch ${programs}/asked`);
    const { skipped } = await audit({ ...FILES, '.npmrc': '@acme:registry=https://npm.acme.example\n' });
    expect(skipped).toMatchObject({ reason: 'needs-consent' });
    expect(skipped?.fix).toContain('a registry of its own');
    expect(existsSync(join(programs, 'asked'))).toBe(false);
  });

  it('never starts a program of the project, wherever the search path leads', async () => {
    using repository = new TestRepository(FILES);
    const bin = join(repository.path, 'node_modules', '.bin');
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, 'npm'), `#!/bin/sh\ntouch ${programs}/ran\n`, { mode: 0o755 });
    npmThatPrints(NPM);
    await analyseFolder(repository.path, ['advisories', advisories], {
      searchPath: `${bin}:${programs}:/usr/bin:/bin`,
    });
    expect(existsSync(join(programs, 'ran'))).toBe(false);
  });

  const place = (): Omit<Parameters<typeof runAudit>[0], 'argv' | 'signal'> => ({
    folder: programs,
    searchPath: '/usr/bin:/bin',
  });
  const never = new AbortController().signal;

  it('ends with all that it started when it takes too long', async () => {
    const argv = ['sh', '-c', 'sleep 300 & echo $! > child; wait'];
    const ended = await runAudit({ ...place(), argv, signal: never, timeoutMs: 300 });
    expect(ended).toEqual({ ok: false, why: 'It took longer than 0.3 seconds.' });
    const child = Number(readFileSync(join(programs, 'child'), 'utf8'));
    expect(stateOf(child)).toBe('gone');
  });

  it('ends when nobody waits for it any more', async () => {
    const controller = new AbortController();
    const ended = runAudit({ ...place(), argv: ['sh', '-c', 'sleep 300'], signal: controller.signal });
    controller.abort();
    expect(await ended).toEqual({ ok: false, why: 'It was stopped.' });
  });

  it('ends when it prints without end', async () => {
    expect(await runAudit({ ...place(), argv: ['cat', '/dev/zero'], signal: never })).toEqual({
      ok: false,
      why: 'It printed too much.',
    });
  });
});

/** A dead process may wait for its parent a moment longer. */
function stateOf(pid: number): string {
  try {
    return /^State:\s+(\S)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] === 'Z' ? 'gone' : 'there';
  } catch {
    return 'gone';
  }
}
