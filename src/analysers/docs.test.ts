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
  it('names the only file of that name as the likely target', async () => {
    const [link] = await found({
      'README.md': 'See [it](src/bench/Decode.java).\n',
      'metrics/src/bench/Decode.java': 'class Decode {}\n',
    });
    expect(link?.evidence[0]?.text).toBe(
      'The folder src does not exist. The only file of that name is metrics/src/bench/Decode.java.',
    );
    expect(link?.fix).toBe('If metrics/src/bench/Decode.java is meant, link to metrics/src/bench/Decode.java.');
  });

  it('names none where several have that name, and the file where its folder is there', async () => {
    const [link] = await found({ 'README.md': '[it](src/a.md)\n', 'src/b.md': '', 'x/a.md': '', 'y/a.md': '' });
    expect(link?.evidence[0]?.text).toBe('src/a.md does not exist.');
    expect(link?.fix).toBe('Correct the link, or remove it.');
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
  it('is the name of a passage that Sphinx knows', async () => {
    const page = 'See [it](labels/line-length) and [gone](gone.md).\n';
    const links = await found({ 'docs/conf.py': '', 'docs/guides/a.md': page });
    expect(links.map(({ title }) => title)).toEqual(['Link to gone.md leads nowhere']);
    expect(await found({ 'docs/guides/a.md': page })).toHaveLength(2);
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
