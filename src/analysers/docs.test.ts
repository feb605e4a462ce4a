import { describe, expect, it } from 'vitest';
import { analyseFolder } from '../../test/check/support/analyse.ts';
import { TestRepository, type Files } from '../../test/check/support/repository.ts';
import type { Detected } from './detected.ts';
import { docs } from './docs.ts';

async function found(files: Files): Promise<readonly Detected[]> {
  using repository = new TestRepository(files);
  return (await analyseFolder(repository.path, ['docs', docs])).findings;
}

describe('a dead link', () => {
  it('names the only file of that name as the target', async () => {
    const [link] = await found({
      'guides/start.md': 'See [it](src/bench/Decode.java).\n',
      'metrics/src/bench/Decode.java': 'class Decode {}\n',
    });
    expect(link?.evidence[0]?.text).toBe(
      'Link to src/bench/Decode.java: The only file of that name is metrics/src/bench/Decode.java.',
    );
    expect(link?.fix).toBe('Write ../metrics/src/bench/Decode.java for src/bench/Decode.java.');
  });

  it('names the commit that removed its target, or where it went', async () => {
    const text = 'One line after the other,\nuntil there are enough of them\nto know it again.\n';
    using repository = new TestRepository({
      'guides/old.md': text,
      'guides/gone.md': 'gone\n',
      'a/x.md': '',
      'b/x.md': '',
    });
    repository.commit('first');
    repository.git('mv', 'guides/old.md', 'guides/new.md');
    repository.git('rm', '--quiet', 'guides/gone.md');
    repository.write({ 'guides/start.md': 'See [old](old.md), [gone](gone.md) and [never](never.md).\n' });
    repository.commit('second');
    const { findings } = await analyseFolder(repository.path, ['docs', docs]);
    expect(findings).toMatchObject([{ title: 'Link to old.md and 1 more lead nowhere', anchor: 'dead links' }]);
    expect(findings[0]?.evidence.map(({ text: told }) => told.replaceAll(/\w{7,} \([\d-]+\)/g, 'C'))).toEqual([
      'Link to old.md: guides/old.md became guides/new.md in C.',
      'Link to gone.md: guides/gone.md was removed in C.',
    ]);
    expect(findings[0]?.fix).toBe('Write new.md for old.md. Remove the link to gone.md.');
  });

  it('that nothing mends is told of pages that are read first alone', async () => {
    const two = { 'src/b.md': '', 'x/a.md': '', 'y/a.md': '' };
    const [link] = await found({ 'README.md': '[it](src/a.md)\n', ...two });
    expect(link?.evidence[0]?.text).toBe('Link to src/a.md: src/a.md does not exist.');
    expect(link?.fix).toBe('Correct the link, or remove it.');
    expect(await found({ 'guides/start.md': '[it](../src/a.md)\n', ...two })).toEqual([]);
  });

  it('to somebody is told from one to a file', async () => {
    const [link] = await found({ 'README.md': 'Write to [us](ada@example.org).\n' });
    expect(link).toMatchObject({
      title: 'Link to ada@example.org lacks "mailto:"',
      fix: 'Write it as mailto:ada@example.org.',
    });
  });

  it('has a title that fits in a line', async () => {
    const [link] = await found({ 'README.md': `[it](docs/${'a/'.repeat(100)}b.md)\n` });
    expect(link?.title.length).toBeLessThanOrEqual(90);
  });
});

describe('no dead link', () => {
  it('is a page that ExDoc puts beside the others, whatever its folder', async () => {
    const files = {
      'mix.exs': 'defmodule A.MixProject do\n  def project, do: [docs: [extras: extras()]]\nend\n',
      'guides/start.md': 'See [it](contexts.md), [as made](contexts.html#a) and ![a picture](assets/look.png).\n',
      'guides/data/contexts.md': '# Contexts\n',
      'guides/pictures/look.png': 'picture',
    };
    expect(await found(files)).toEqual([]);
    const [link] = await found({
      ...files,
      'guides/start.md': 'See [it](Contexts/gone.md).\n',
      'guides/data/gone.md': '',
    });
    expect(link).toBe(undefined);
    const readme = await found({ ...files, 'README.md': 'See [it](contexts.md).\n' });
    expect(readme).toMatchObject([{ file: 'README.md' }]);
    expect(await found({ ...files, 'mix.exs': 'defmodule A do\nend\n' })).toMatchObject([{ kind: 'dead-link' }]);
  });

  it('is the name of a passage that Sphinx knows', async () => {
    const page = { 'docs/guides/README.md': 'See [it](labels/line-length).\n' };
    expect(await found({ 'docs/conf.py': '', ...page })).toEqual([]);
    expect(await found(page)).toHaveLength(1);
  });

  it.each([
    ['a page that a site makes', { 'docs/a.md': '[it](./making-changes.html)\n', 'other/making-changes.html': '' }],
    ['on a page of a site', { 'docs/a.md': '[it](img.png)\n', 'assets/img.png': '', 'docs/_config.yml': '' }],
    ['on a page with a head', { 'docs/a.md': '---\ntitle: A\n---\n[it](img.png)\n', 'assets/img.png': '' }],
    ['to a page of any name', { 'guides/a.md': '[it](part/index.md)\n', 'other/index.md': '' }],
  ])('is one %s', async (_, files) => {
    expect(await found(files)).toEqual([]);
  });

  it.each([
    ['a binding of Vue', 'docs/a.md', '<a :href="latestPost.url">{{ x }}</a> <img v-bind:src="post.image">\n'],
    ['a binding of Angular', 'docs/a.md', '<a [href]="post.url"></a> <img [src]="post.image">\n'],
    ['a place to fill in', 'decisions/template.md', 'superseded by [0005](0005-example.md)\n'],
    ['a template of a forge', '.github/PULL_REQUEST_TEMPLATE.md', '[rules](../../gone.md)\n'],
  ])('is %s', async (_, path, text) => {
    expect(await found({ [path]: text })).toEqual([]);
  });
});
