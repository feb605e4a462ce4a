import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { runTool, type ToolResult } from './run-tool.ts';

const run = (script: string, over: Partial<Parameters<typeof runTool>[2]> = {}): Promise<ToolResult> =>
  runTool('/bin/sh', ['-c', script], {
    cwd: tmpdir(),
    timeoutMs: 10_000,
    maxOutput: 1_000,
    signal: new AbortController().signal,
    ...over,
  });

describe('a tool', () => {
  it('gives what it printed and its exit code, and sees nothing of our environment', async () => {
    expect(await run('echo "[$VITEST]"; exit 3')).toEqual({ ok: true, stdout: '[]\n', exitCode: 3 });
  });

  it('is ended with all that it started when it takes too long', async () => {
    const result = await run('sleep 60 & sleep 60', { timeoutMs: 50 });
    expect(result).toMatchObject({ ok: false, reason: 'timed-out' });
  });

  it('is ended when it prints too much', async () => {
    expect(await run('while :; do echo aaaaaaaaaaaaaaaaaaaa; done')).toMatchObject({ ok: false, reason: 'cut' });
  });

  it('is ended when nobody waits any more', async () => {
    const controller = new AbortController();
    const ended = run('sleep 60', { signal: controller.signal });
    controller.abort();
    expect(await ended).toMatchObject({ ok: false, reason: 'killed' });
  });

  it('that is not there is a value, not a throw', async () => {
    const options = { cwd: tmpdir(), timeoutMs: 1_000, maxOutput: 10, signal: new AbortController().signal };
    expect(await runTool('/nonexistent/tool', [], options)).toMatchObject({ ok: false, reason: 'not-started' });
  });
});
