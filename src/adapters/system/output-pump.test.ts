import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { describe, test } from 'vitest';
import { OutputPump } from './output-pump.ts';

describe('the output pump', () => {
  test('hands on one piece at a time, in order, also when both streams are resumed from outside', async () => {
    const streams = { stdout: new PassThrough(), stderr: new PassThrough() };
    const taken: string[] = [];
    let under = 0;
    let most = 0;
    const onOutput = async (name: string, chunk: Uint8Array): Promise<void> => {
      most = Math.max(most, ++under);
      await Promise.resolve().then(() => Promise.resolve());
      taken.push(`${name}:${Buffer.from(chunk).toString()}`);
      under--;
    };
    const spec = { argv: ['x'], cwd: '/', env: {}, onOutput };
    const pump = new OutputPump(streams, spec, () => assert.fail('nothing is over a limit'));
    for (let piece = 0; piece < 50; piece++) {
      streams.stdout.write(`${piece};`);
      streams.stderr.write(`${piece};`);
      streams.stdout.resume();
      streams.stderr.resume();
      if (piece % 5 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    streams.stdout.end();
    streams.stderr.end();
    await pump.finish(5_000);
    const pieces = Array.from({ length: 50 }, (_, piece) => `${piece};`).join('');
    for (const name of ['stdout', 'stderr']) {
      const own = taken.filter((text) => text.startsWith(`${name}:`));
      assert.equal(own.map((text) => text.slice(name.length + 1)).join(''), pieces);
    }
    assert.equal(most, 1);
  });
});
