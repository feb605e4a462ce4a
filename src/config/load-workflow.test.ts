import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { describeUserError, UserErrors, userErrorsIn } from '../util/user-error.ts';
import { compileWorkflowFile, loadWorkflow } from './load-workflow.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'waggle-workflow-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const options = { localAgents: 2, inputTexts: { verison: '1' } };

const BAD = `name: bad release
inputs:
  version: { type: string, required: true }
  count: { type: number }
  level: { type: string, default: hgih, enum: [low, high] }
budget: { wall: 1 hour }
agents:
  builder: { driver: comand }
tasks:
  build:
    command: npm run build
    timout: 10m
    env: { CI: 1 }
  test:
    shell: npm test -- \${{ inputs.version }}
    needs: [biuld, lint]
    retry: { maxAttempts: 50 }
  lint:
    command: [npm, run, lint]
    needs: [test]
    if: inputs.versoin == '1' && tasks.package.state == 'succeeded'
  package:
    command: [npm, pack]
    function: pack
    verify: [[npm, test]]
    writes: [../dist/]
  publish:
    matrix: { os: [linux, mac], exclude: [{ os: windows }] }
    command: [publish, '\${{ matrix.arch }}', "\${{ tasks.package.outputs.tarball }}"]
    needs: [package]
    if: inputs.version + 1
  write docs: { command: [docs] }
  review:
    agent: coder
    prompt: Look at it.
    requires: [gpu]
  idle: {}
`;

const EXPECTED = `
bad.yaml:1:7: "name" is "bad release", but must be a name. Use up to 64 letters, digits, ".", "_" and "-", starting with a letter or digit.
bad.yaml:3:3: There is no input "verison". It has: version, count, level. Did you mean "version"?
bad.yaml:3:12: Input "version" is required. Give it: --input version=<string>.
bad.yaml:4:10: Input "count" is a number that nobody has to give. Give it a default, or write required: true.
bad.yaml:5:10: Input "level" is "hgih", which is not one of its choices. Give one of low, high. Did you mean "high"?
bad.yaml:6:17: "wall" is "1 hour", but must be a number with a unit. Write for example 500ms, 10s, 30m or 2h.
bad.yaml:8:22: Agents "builder" have an unknown driver "comand". Known are command, function and remote. Did you mean "command"?
bad.yaml:11:14: "command" is "npm run build", but must be a list of words. Write the program and its arguments as a list: [npm, test].
bad.yaml:12:5: "timout" is not known in "build". Remove or rename it. Did you mean "timeout"?
bad.yaml:13:16: "CI" is 1, but must be a text. Put it in quotes: YAML reads it as something else.
bad.yaml:15:24: A value inside a shell script could become part of the script. Put it into env, VERSION: \${{ inputs.version }}, and write "$VERSION" in the script.
bad.yaml:16:13: Task "test" needs "biuld", but there is no such task. Name a task of this workflow. Did you mean "build"?
bad.yaml:16:20: These tasks wait for each other: test → lint → test. Take one of these needs away.
bad.yaml:17:27: "maxAttempts" must be at most 20. Stay within the limit.
bad.yaml:21:9: "inputs.versoin" has no value: the workflow has no such input. Known are: version, level. Did you mean "version"?
bad.yaml:21:34: "tasks.package.state" is not among the tasks that "lint" waits for. Write needs: [package].
bad.yaml:24:5: Task "package" has command and function, but a task does one thing. Keep one, or make two tasks.
bad.yaml:24:15: Nobody has registered a function "pack". Functions exist only where a program registers them with the library; use command or shell here.
bad.yaml:26:14: "../dist/" leaves the project. Write a path inside the project such as dist/ or src/a.ts, with "/" and without "..".
bad.yaml:28:49: Axis "os" never is "windows". Exclude what exists.
bad.yaml:29:29: "matrix.arch" has no value: its cell "publish.linux" has no such axis. Known are: os.
bad.yaml:29:51: "tasks.package.outputs.tarball" has no value: "package" declares no such output. Name something that exists.
bad.yaml:31:24: This expression cannot be read: "+" is not part of the language. See docs/guides/workflows.md, "Expressions", for what can be written.
bad.yaml:32:3: "write docs" is not a name. Use up to 64 letters, digits, ".", "_" and "-", starting with a letter or digit.
bad.yaml:34:12: Task "review" requires agents "coder", which do not exist. Add it to a group under agents, in this workflow or in waggle.yaml.
bad.yaml:35:5: Task "review" needs a model agent, which this version does not have yet. Use command, shell or function.
bad.yaml:36:16: Task "review" requires the capability "gpu", which no agent has. Add it to a group under agents, in this workflow or in waggle.yaml.
bad.yaml:37:3: Task "idle" does not say what to do. Give it exactly one of command, shell, function, prompt or workflow.
`;

/** What is said about a file with this content, one mistake per line. */
async function mistakes(text: string | Uint8Array): Promise<string> {
  const path = join(folder, 'bad.yaml');
  await writeFile(path, text);
  try {
    compileWorkflowFile(await loadWorkflow(path, 'bad.yaml'), options);
    return 'none';
  } catch (error) {
    if (!(error instanceof UserErrors)) throw error;
    return userErrorsIn(error).map(describeUserError).join('\n');
  }
}

describe('a workflow file', () => {
  test('with 28 different mistakes gets 28 messages, from top to bottom, and not one more', async () => {
    expect(await mistakes(BAD)).toBe(EXPECTED.trim());
  });

  test('that is right becomes tasks and warnings with their place', async () => {
    const path = join(folder, 'good.yaml');
    await writeFile(
      path,
      'name: good\nagents:\n  spare: { driver: command }\ntasks:\n  hello: { command: [echo, "1"] }\n',
    );
    const { compiled, warnings } = compileWorkflowFile(await loadWorkflow(path, 'good.yaml'), { localAgents: 1 });
    expect(compiled.run).toEqual({ name: 'good', inputs: {}, budget: {}, source: 'good.yaml' });
    expect(compiled.tasks.map(({ name }) => name)).toEqual(['hello']);
    expect(warnings.map(({ at, code }) => `${at} ${code}`)).toEqual(['good.yaml:3:3 WORKFLOW_AGENT_UNUSED']);
  });

  test.each([
    ['', 'bad.yaml:1:1: The file is empty.'],
    ['# nothing\n', 'bad.yaml:1:1: The file is empty.'],
    ['name: a\nname: b\n', 'bad.yaml:2:1: "name" stands here twice.'],
    ['name: a\n__proto__: { b: 1 }\n', 'bad.yaml:2:1: The key "__proto__" is not allowed.'],
    ['a: &a { b: 1 }\nc:\n  <<: *a\n', 'bad.yaml:3:3: Merge keys ("<<") are not allowed.'],
    ['name: !!str 3\n', 'bad.yaml:1:13: The tag "tag:yaml.org,2002:str" is not allowed.'],
    ['a: !evil x\n', 'bad.yaml:1:4: This is not valid YAML: Unresolved tag: !evil.'],
    ['1: x\n', 'bad.yaml:1:1: This key is not a text.'],
    ['? [a]\n: x\n', 'bad.yaml:1:3: This key is not a text.'],
    ['a: .inf\n', 'bad.yaml:1:4: This number is not finite.'],
    ['a: *nobody\n', 'bad.yaml:1:4: The alias "*nobody" stands for nothing.'],
    ['a: &a [*a]\n', 'bad.yaml:1:8: The alias "*a" stands for nothing.'],
    ['a: 1\n---\nb: 2\n', 'bad.yaml:2:1: A second document starts here.'],
    ['a: "open\n', 'bad.yaml:2:1: This is not valid YAML: Missing closing "quote.'],
    ['a: [1, 2\nb: 3\n', /^bad\.yaml:2:1: This is not valid YAML:/],
    [`a: ${'['.repeat(33)}${']'.repeat(33)}\n`, /nested more than 32 deep/],
    [`a: ${'['.repeat(100_000)}\n`, /nested more than 32 deep/],
    [`${'- '.repeat(100_000)}1\n`, /nested more than 32 deep/],
    [`${'{a: '.repeat(60_000)}`, /nested more than 32 deep/],
    [`a: &a 1\nb: [${'*a, '.repeat(21)}]\n`, /There are more than 20 aliases/],
    [
      `a0: &a0 [${'1, '.repeat(9_000)}]\n${'x'
        .repeat(5)
        .split('')
        .map((_, at) => `a${at + 1}: &a${at + 1} [*a${at}, *a${at}, *a${at}]\n`)
        .join('')}`,
      /aliases make it too large/,
    ],
    [`a: ${'x'.repeat(262_145)}\n`, /is larger than 256 KiB/],
    [new Uint8Array([0x61, 0x3a, 0x20, 0xff]), /is not valid UTF-8/],
    ['just text\n', /^bad\.yaml:1:1: The content is "just text", but must be keys with values\./],
  ])('%# is refused with its place', async (text, expected) => {
    const found = await mistakes(text);
    if (typeof expected === 'string') expect(found.startsWith(expected) ? expected : found).toBe(expected);
    else expect(found).toMatch(expected);
  });

  test('that cannot be read says why', async () => {
    const at = (path: string): Promise<string> => loadWorkflow(join(folder, path), path).then(String, String);
    expect(await at('none.yaml')).toMatch('"none.yaml" does not exist.');
    expect(await at('.')).toMatch(/"\." is (a folder|not a file)\./);
  });
});
