import { mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fullDisk, makeFolder } from './make-folder.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'waggle-make-folder-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a folder', () => {
  it('is made with those around it, and taken as it is where it is there', async () => {
    const deep = join(folder, 'a/b/c');
    await makeFolder(deep);
    await Promise.all([makeFolder(deep), makeFolder(join(folder, 'x/y')), makeFolder(join(folder, 'x/y'))]);
    expect((await stat(join(folder, 'x/y'))).isDirectory()).toBe(true);
    await symlink(deep, join(folder, 'link'));
    await makeFolder(join(folder, 'link'));
  });

  it('is not made where a file or a link to nothing stands', async () => {
    await writeFile(join(folder, 'file'), '');
    await symlink(join(folder, 'gone/further'), join(folder, 'link'));
    await expect(makeFolder(join(folder, 'file'))).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(makeFolder(join(folder, 'file/below'))).rejects.toMatchObject({ code: 'ENOTDIR' });
    await expect(makeFolder(join(folder, 'link'))).rejects.toMatchObject({ code: 'EEXIST' });
  });

  it.runIf(process.platform === 'linux')('that takes no new one is an error, and no endless wait', async () => {
    await expect(makeFolder('/proc/reports')).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(makeFolder('/proc/a/reports')).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('on a full disk is named as such', async () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    expect(fullDisk('/srv/a', full)?.message).toBe('No room is left on the disk of "/srv/a".');
    const other = await mkdir(join(folder, 'no/where')).catch((error: unknown) => error);
    expect(fullDisk('/srv/a', other)).toBe(undefined);
  });
});
