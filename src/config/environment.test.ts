import { expect, test } from 'vitest';
import { userName } from './environment.ts';

test('a user whom the system does not know is called by number', () => {
  const nameless = (): string => {
    throw new Error('uv_os_get_passwd returned ENOENT');
  };
  expect(userName(nameless)).toMatch(/^uid-\d+$/);
  expect(userName(() => 'ann')).toBe('ann');
});
