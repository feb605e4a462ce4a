import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import type { UserError } from '../util/user-error.ts';
import { readNotifiers, type NotifierSpec } from './notifiers.ts';

const at = (path: readonly (string | number)[]): string => path.join('.');

function read(given: unknown): Readonly<{ specs: readonly NotifierSpec[]; mistakes: readonly string[] }> {
  const errors: UserError[] = [];
  const specs = readNotifiers(given, at, errors);
  return { specs, mistakes: errors.map((error) => `${error.at} ${error.message}`) };
}

describe('notifiers', () => {
  test('are programs and webhooks', () => {
    const { specs, mistakes } = read({
      pager: { command: ['/usr/local/bin/page', '--now'], atLeast: 'critical' },
      ops: { webhook: 'https://hooks.example.com/waggle', secretFrom: 'HOOK_SECRET' },
      more: { webhook: 'https://hooks.example.com/2', secretFile: '/etc/waggle/key' },
    });
    assert.deepEqual(mistakes, []);
    assert.deepEqual(specs, [
      { name: 'pager', atLeast: 'critical', kind: 'command', argv: ['/usr/local/bin/page', '--now'] },
      {
        name: 'ops',
        atLeast: 'info',
        kind: 'webhook',
        url: 'https://hooks.example.com/waggle',
        secret: { variable: 'HOOK_SECRET' },
      },
      {
        name: 'more',
        atLeast: 'info',
        kind: 'webhook',
        url: 'https://hooks.example.com/2',
        secret: { file: '/etc/waggle/key' },
      },
    ]);
  });

  test('that are neither, both, unsigned or nowhere are refused, all at once', () => {
    const { specs, mistakes } = read({
      neither: {},
      both: { command: ['x'], webhook: 'https://a.example' },
      unsigned: { webhook: 'https://a.example' },
      twice: { webhook: 'https://a.example', secretFrom: 'A', secretFile: '/b' },
      near: { webhook: 'https://a.example', secretFile: 'key' },
      signed: { command: ['x'], secretFrom: 'A' },
      ftp: { webhook: 'ftp://a.example', secretFrom: 'A' },
      user: { webhook: 'https://ann:pw@a.example', secretFrom: 'A' },
      text: { webhook: 'no address', secretFrom: 'A' },
      part: { webhook: 'https://a.example/#x', secretFrom: 'A' },
    });
    assert.deepEqual(specs, []);
    assert.equal(mistakes.length, 10);
    assert.match(mistakes.join(' '), /not https:/);
    assert.ok(!mistakes.join(' ').includes('pw@'), 'a password is not repeated');
  });

  test('with unknown keys are refused with their place', () => {
    assert.match(read({ ops: { webhok: 'https://a.example' } }).mistakes[0] ?? '', /^notifiers\.ops/);
  });
});
