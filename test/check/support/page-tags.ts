/** A tag as it stands in a page. */
export type Tag = Readonly<{ name: string; attributes: ReadonlyMap<string, string>; text: string }>;

const VOID = new Set(['meta', 'br', 'link', 'img', 'input', 'hr']);
/** Names of tags, with quoted attributes only: that is how we write them. */
const TAG = /<(\/?)([a-z][a-z0-9]*)((?:\s+[a-zA-Z-]+(?:="[^"]*")?)*)\s*(\/?)>|<[^!]/g;
const ATTRIBUTE = /([a-zA-Z-]+)(?:="([^"]*)")?/g;

/** All opening tags of a page. Throws where tags are not closed in the order in which they were opened. */
export function tagsOf(page: string): readonly Tag[] {
  const body = page.replace(/<!doctype html>/i, '').replace(/<style>[\s\S]*?<\/style>/g, '<style></style>');
  const tags: Tag[] = [];
  const open: string[] = [];
  const found = [...body.matchAll(TAG)];
  for (const [index, match] of found.entries()) {
    const [whole, closing, name, attributes = '', selfClosing] = match;
    if (name === undefined) throw new Error(`no tag: ${body.slice(match.index, match.index + 60)}`);
    if (closing === '/') {
      const last = open.pop();
      if (last !== name) throw new Error(`</${name}> closes <${last ?? 'nothing'}>`);
      continue;
    }
    const text = body.slice(match.index + whole.length, found[index + 1]?.index);
    tags.push({ name, attributes: attributesIn(attributes), text: text.trim() });
    if (selfClosing !== '/' && !VOID.has(name)) open.push(name);
  }
  if (open.length > 0) throw new Error(`not closed: ${open.join(', ')}`);
  return tags;
}

function attributesIn(text: string): ReadonlyMap<string, string> {
  return new Map([...text.matchAll(ATTRIBUTE)].map(([, name = '', value = '']) => [name, value]));
}

/** WCAG 2 contrast of two colours like `#aabbcc`. */
export function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].toSorted((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.040_45 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
