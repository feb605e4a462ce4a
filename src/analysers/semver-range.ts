type Version = readonly [number, number, number];

/**
 * Whether a version is one that the range asks for, as npm reads it. Undefined for what is not plain numbers:
 * pre-releases, tags, addresses.
 */
export function satisfies(version: string, range: string): boolean | undefined {
  const exact = parseVersion(version);
  const text = range.trim();
  if (version === text) return true;
  if (exact === undefined || text.length > 200) return undefined;
  if (text === '' || text === '*' || text === 'x') return true;
  const answers = text.split('||').map((part) => satisfiesAll(exact, part.trim()));
  if (answers.includes(true)) return true;
  return answers.includes(undefined) ? undefined : false;
}

function parseVersion(text: string): Version | undefined {
  const [, major, minor, patch] = /^v?(\d{1,9})\.(\d{1,9})\.(\d{1,9})(?:\+[\w.-]+)?$/.exec(text) ?? [];
  return major === undefined ? undefined : [Number(major), Number(minor), Number(patch)];
}

function satisfiesAll(version: Version, part: string): boolean | undefined {
  const [, low, high] = /^(\S+)\s+-\s+(\S+)$/.exec(part) ?? [];
  const comparators =
    low !== undefined && high !== undefined
      ? [`>=${low}`, `<=${high}`]
      : part.replaceAll(/([<>=~^]+)\s+/g, '$1').split(/\s+/);
  const answers = comparators.map((one) => satisfiesOne(version, one));
  if (answers.includes(undefined)) return undefined;
  return answers.every((answer) => answer === true);
}

type Part = number | undefined;

/** One comparator: `^1.2`, `>=1.0.0`, `1.x`. */
function satisfiesOne(version: Version, comparator: string): boolean | undefined {
  const found = /^(\^|~>?|>=|<=|>|<|=)?v?(\d{1,9}|[xX*])(?:\.(\d{1,9}|[xX*]))?(?:\.(\d{1,9}|[xX*]))?$/.exec(comparator);
  if (found === null) return undefined;
  const [, sign = '', ...written] = found;
  const parts = written.map((one): Part => (/^\d+$/.test(one ?? '') ? Number(one) : undefined));
  const [major, minor, patch] = parts;
  if (major === undefined) return true;
  const from: Version = [major, minor ?? 0, patch ?? 0];
  return compareWith(sign, version, from, ceiling(sign, parts));
}

/** The first version that is too high. */
function ceiling(sign: string, [major = 0, minor, patch]: readonly Part[]): Version {
  if (sign === '^') {
    if (major > 0 || minor === undefined) return [major + 1, 0, 0];
    return minor > 0 || patch === undefined ? [0, minor + 1, 0] : [0, 0, patch + 1];
  }
  if (minor === undefined) return [major + 1, 0, 0];
  return sign.startsWith('~') || patch === undefined ? [major, minor + 1, 0] : [major, minor, patch + 1];
}

function compareWith(sign: string, version: Version, from: Version, end: Version): boolean {
  switch (sign) {
    case '>=':
      return isAtLeast(version, from);
    case '<':
      return !isAtLeast(version, from);
    case '>':
      return isAtLeast(version, end);
    case '<=':
      return !isAtLeast(version, end);
    default:
      return isAtLeast(version, from) && !isAtLeast(version, end);
  }
}

function isAtLeast(a: Version, b: Version): boolean {
  if (a[0] !== b[0]) return a[0] > b[0];
  return a[1] === b[1] ? a[2] >= b[2] : a[1] > b[1];
}
