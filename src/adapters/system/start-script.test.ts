import { describe, expect, test } from 'vitest';
import { parseStatus, startScript } from './start-script.ts';

const TIMES = '0m0.010000s 0m0.020000s\n1m2.500000s 0m0.250000s\n';

describe('parseStatus', () => {
  test('gives the exit code and the processor time of all that ended below the shell', () => {
    expect(parseStatus(`${TIMES}exit 3\n`)).toEqual({ exitCode: 3, cpuMs: 62_750 });
  });

  test('tells an exit code above 128 from a signal by what the shell says', () => {
    expect(parseStatus(`Killed\n${TIMES}exit 137\n`)).toMatchObject({ signal: 'SIGKILL' });
    expect(parseStatus(`${TIMES}exit 137\n`)).toEqual({ exitCode: 137, cpuMs: 62_750 });
    expect(parseStatus(`${TIMES}exit 129\n`)).not.toHaveProperty('signal');
  });

  test('knows the signals about which shells say nothing', () => {
    expect(parseStatus(`${TIMES}exit 130\n`)).toMatchObject({ signal: 'SIGINT' });
    expect(parseStatus(`${TIMES}exit 141\n`)).toMatchObject({ signal: 'SIGPIPE' });
  });

  test('reads the times of a shell that writes decimal commas', () => {
    expect(parseStatus('0m0,001s 0m0,002s\n0m1,250s 0m0,750s\nexit 0\n')).toEqual({ exitCode: 0, cpuMs: 2_000 });
  });

  test('gives nothing when the shell did not get as far as telling', () => {
    expect(parseStatus('Killed\n')).toBeUndefined();
  });
});

test('the script that may kill everything first makes sure that it is alone in a namespace', () => {
  const [first, ...rest] = startScript('namespace').split('\n');
  expect(first).toBe('[ "$$" = 1 ] || exit 125');
  expect(rest.join('\n')).toContain('kill -9 -1');
  expect(startScript('group')).not.toContain('kill -9 -1');
  expect(startScript('cgroup')).not.toContain('kill -9 -1');
});
