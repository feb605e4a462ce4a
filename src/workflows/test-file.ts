/** `name.test.ts`, `name.spec.js`, `name_test.go`, `test_name.py` ... */
const AFTER = /^(.+)([._-](?:test|spec)s?)(\.\w+)$/;
const BEFORE = /^(test_)(.+)(\.\w+)$/;
/** Folders that tests stand in; only the last of them in a path counts. */
const FOLDER = /^(?:.*\/)?(?:tests?|specs?|__tests__)\//;

/**
 * Where a test of `file` would stand, by the habit of most test files there are of the same extension: its mark, and
 * beside the source or in a folder of tests, in the one of its own name where there is one. Without any: `name.test.ext` beside the source.
 */
export function testFileFor(file: string, testFiles: readonly string[]): string {
  const { dir, base } = split(file);
  const dot = base.lastIndexOf('.');
  const [name, extension] = dot > 0 ? [base.slice(0, dot), base.slice(dot)] : [base, ''];
  const like = testFiles.filter((path) => path.endsWith(extension)).slice(0, MAX_LOOKED);
  const named = commonest(like.flatMap((path) => markOf(split(path).base) ?? []));
  const test = named === 'before' ? `test_${name}${extension}` : `${name}${named ?? '.test'}${extension}`;
  const folder = commonest(like.map((path) => FOLDER.exec(path)?.[0] ?? BESIDE));
  if (folder === undefined || folder === BESIDE) return `${dir}${test}`;
  if (folder.endsWith('__tests__/')) return `${dir}__tests__/${test}`;
  const own = `${folder}${name}/`;
  return like.some((path) => path.startsWith(own)) ? `${own}${test}` : `${folder}${test}`;
}

const MAX_LOOKED = 5_000;
const BESIDE = '';

/** `.test`, `_spec` ...; `before` for `test_name`; undefined for names without a mark. */
function markOf(base: string): string | undefined {
  return AFTER.exec(base)?.[2] ?? (BEFORE.test(base) ? 'before' : undefined);
}

function split(path: string): Readonly<{ dir: string; base: string }> {
  const slash = path.lastIndexOf('/') + 1;
  return { dir: path.slice(0, slash), base: path.slice(slash) };
}

function commonest(values: readonly string[]): string | undefined {
  const counted = [...Map.groupBy(values, (value) => value)].toSorted(([, a], [, b]) => b.length - a.length);
  return counted[0]?.[0];
}
