import { expect, it } from 'vitest';
import { report } from '../../test/check/support/reports.ts';
import { NO_PERMISSION, TOO_MANY_FILES } from '../analysers/unread-causes.ts';
import { outcomeOf } from './check-outcome.ts';

it('says of which files nothing is known, where they may well hold something', () => {
  const { size } = report();
  const unread = [
    { cause: NO_PERMISSION, files: 1, examples: ['closed.js'] },
    { cause: TOO_MANY_FILES, files: 80_000, examples: ['a.js', 'b.js'] },
    { cause: 'symbolic link, not followed', files: 3, examples: ['link'] },
  ];
  expect(outcomeOf(report({ size: { ...size, unread } })).notes).toEqual([
    '1 file was not read: no permission to read it. For example: closed.js.',
    '80,000 files were not read: there are more than 20,000 files. For example: a.js.',
  ]);
});
