import { describe, expect, it } from 'vitest';
import { dueOf, isPassed, Versions } from './overdue.ts';

const version = (major: number, minor = 0, isAfter = false): object => ({ kind: 'version', major, minor, isAfter });

describe('what a note waits for', () => {
  it.each([
    ['// TODO: remove in v4', [version(4)]],
    ['# TODO remove this alias in 3.2', [version(3, 2)]],
    ['// TODO: keep it, and drop it only until v2.0.0', [version(2, 0, true)]],
    ['// TODO: remove this 4 versions after 1.5.0', [version(1, 9)]],
    ['// TODO: remove this 2 major versions after 1.5', [version(3)]],
    ['// TODO(v5): make it private', [version(5)]],
    ['// TODO: make it throw with the next major release 3', [version(3)]],
    ['// TODO: remove after 2023-05-01', [{ kind: 'day', day: '2023-05-01' }]],
    ['// FIXME: revisit in 2022-03', [{ kind: 'day', day: '2022-03-28' }]],
  ])('%s', (words, due) => {
    expect(dueOf(words)).toEqual(due);
  });

  it.each([
    '// TODO: remove when Node 18 is gone',
    '// TODO: drop in Node 12.1',
    '// TODO: change in 2 places',
    '// TODO: remove in the next major version',
    '// TODO (2019-05-01): split this',
    '// FIXME: wrong for 4.0',
    '// TODO: deprecate in 2.14 or later',
    '// TODO: remove in v3 and above',
    '// TODO: make it throw from 2.0 on',
    '// TODO: drop the old name after v2.0.0',
    '// TODO: make it 10% faster in 3 days',
  ])('nothing that is known: %s', (words) => {
    expect(dueOf(words)).toEqual([]);
  });
});

describe('the version of a project', () => {
  const of = (files: Readonly<Record<string, string>>, tag?: string): string | undefined =>
    new Versions((path) => files[path], tag).of('packages/a/src/b.js')?.text;

  it('is that of the nearest manifest, else of the newest tag', () => {
    const root = { 'package.json': '{ "version": "2.1.0" }' };
    expect(of({ ...root, 'packages/a/package.json': '{ "version": "4.0.0" }' })).toBe('4.0.0');
    expect(of(root, 'v9.0.0')).toBe('2.1.0');
    expect(of({ 'package.json': '{ "version": "0.0.0-development" }' }, 'v9.0.0')).toBe('9.0.0');
    expect(of({ 'Cargo.toml': '[package]\nname = "a"\nversion = "1.2.3"\n' })).toBe('1.2.3');
    expect(of({}, 'release-1.4')).toBe('1.4');
    const pom = (own: string): string =>
      `<project><parent><artifactId>base</artifactId><version>9.1</version></parent>${own}<dependencies><dependency><version>7.0</version></dependency></dependencies></project>`;
    expect(of({ 'pom.xml': pom('<version>2.20.0-SNAPSHOT</version>') }, 'a-2.19.1')).toBe('2.20.0-SNAPSHOT');
    expect(of({ 'pom.xml': pom('') }, 'a-2.19.1')).toBe('9.1');
    const revision = '<version>${revision}</version><properties><revision>3.4.0</revision></properties>';
    expect(of({ 'pom.xml': pom(revision) })).toBe('3.4.0');
    expect(of({ 'gradle.properties': 'group=a\nversion=1.8.0\n' })).toBe('1.8.0');
    expect(of({}, 'nightly')).toBeUndefined();
  });

  it.each([
    ['3.0.0', '3.0.0', true],
    ['3.0.0', '2.9.9', false],
    ['3.0.0', '3.0.0-beta.1', false],
    ['3.1.0', '3.0.4', false],
    ['3.1.0', '4.0.0-beta.1', true],
    ['3.0.0', '7.0.0', true],
    ['3.0.0', '8.0.0', false],
  ])('has passed %s at %s: %s', (due, now, isSo) => {
    const [major = 0, minor = 0] = due.split('.').map(Number);
    const at = new Versions(() => `{ "version": "${now}" }`, undefined).of('a.js');
    if (at === undefined) throw new Error('There is a version.');
    expect(isPassed({ kind: 'version', major, minor, isAfter: false }, at)).toBe(isSo);
  });
});
