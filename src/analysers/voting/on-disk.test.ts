import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { isOnDisk, namesIn } from './on-disk.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'waggle-on-disk-')));
const root = join(folder, 'project');
mkdirSync(join(root, 'src'), { recursive: true });
mkdirSync(join(folder, 'other'));
writeFileSync(join(folder, 'other', 'secret.txt'), '');
writeFileSync(join(root, 'src', 'a.js'), '');
symlinkSync(join(folder, 'other'), join(root, 'linked'));
symlinkSync('..', join(root, 'src', 'loop'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('what a voter sees of the disk', () => {
  it('is what stands in folders of the repository', () => {
    expect(namesIn(root, 'src').toSorted()).toEqual(['a.js', 'loop']);
    expect(namesIn(root, '.').toSorted()).toEqual(['linked', 'src']);
    expect([isOnDisk(root, 'src/a.js'), isOnDisk(root, 'src', 'b.js')]).toEqual([true, false]);
  });

  it('ends where the repository does, and at links', () => {
    expect(namesIn(root, '../other')).toEqual([]);
    expect(namesIn(root, 'src/../../other')).toEqual([]);
    expect(namesIn(root, 'linked')).toEqual([]);
    expect(namesIn(root, 'src/loop/src')).toEqual([]);
    expect(namesIn(root, '/etc')).toEqual([]);
    expect(namesIn(root, 'src/a.js')).toEqual([]);
    expect(isOnDisk(root, '../other/secret.txt')).toBe(false);
  });
});
