import { expect, test } from 'vitest';
import { FUNCTIONS_MISSING, reasonOfPerson } from './pause-reasons.ts';

test('a person whose words begin like a reason of Waggle is not taken for it', () => {
  expect(reasonOfPerson('alert me when it is done')).toBe('asked for: alert me when it is done');
  expect(reasonOfPerson(`${FUNCTIONS_MISSING}f`)).toBe(`asked for: ${FUNCTIONS_MISSING}f`);
  expect(reasonOfPerson('new disk')).toBe('new disk');
});
