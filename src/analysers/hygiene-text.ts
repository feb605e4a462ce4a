import type { FileEntry } from './data.ts';
import type { Detected } from './detected.ts';
import { readYaml } from './yaml-text.ts';

/** Larger YAML is made by programs. */
const MAX_YAML = 128 * 1024;
/** Filled in by another program before anybody reads it as YAML. */
const TEMPLATE = /(?:^|[^$])\{\{|\{%|<%|^\s*#@|\$\{[A-Z_]+\}:/m;
/** Written in a language of its own that looks like YAML. */
const OTHER_YAML =
  /(?:^|\/)(?:templates?|charts?|helm|cookiecutter[^/]*|\{\{[^/]*)\/|\.(?:tpl|j2|jinja2?|tmpl|template)\.ya?ml$/i;

export function isYaml({ path, context, bytes }: FileEntry): boolean {
  return /\.ya?ml$/i.test(path) && context !== 'fixture' && bytes <= MAX_YAML;
}

/** YAML that no reader accepts. */
export function brokenYaml(file: FileEntry, text: string): readonly Detected[] {
  const { path } = file;
  if (!isYaml(file)) return [];
  if (OTHER_YAML.test(path) || TEMPLATE.test(text)) return [];
  const read = readYaml(text);
  if (read.kind !== 'broken') return [];
  const { line, message, twice } = read;
  if (twice !== undefined) return [keyTwice(path, line, twice)];
  return [
    {
      kind: 'broken-yaml',
      severity: 'medium',
      confidence: 0.8,
      title: 'This YAML file cannot be read',
      file: path,
      line,
      anchor: path,
      evidence: [{ source: 'hygiene', text: message.split('\n')[0]?.slice(0, 200) ?? '', ref: `${path}:${line}` }],
      fix: 'Correct the syntax in that line: a missing space after a colon, a tab, or wrong indentation are the usual causes.',
    },
  ];
}

/** Readers take the last one, a few refuse the file: nobody sees that the first says nothing. */
function keyTwice(path: string, line: number, { key, first }: Readonly<{ key: string; first: number }>): Detected {
  const name = key.length > 40 ? `${key.slice(0, 39)}…` : key;
  return {
    kind: 'broken-yaml',
    severity: 'low',
    confidence: 0.8,
    title: `Key ${name} stands twice; the last one wins`,
    file: path,
    line,
    anchor: path,
    evidence: [
      {
        source: 'hygiene',
        text: `"${name}" first stands in line ${first}: most readers pass over that value.`,
        ref: `${path}:${first}`,
      },
      { source: 'hygiene', text: `It stands again in line ${line}.`, ref: `${path}:${line}` },
    ],
    fix: 'Keep the one that is meant and remove the other.',
  };
}

const SCRIPT = /^(?:\uFEFF#!\s*\/|#!\s*\/[^\r\n]*\r\n)/;

/** The first line of a script names its program: a hidden sign in it, and the script does not start. */
export function brokenShebang({ path }: FileEntry, text: string): readonly Detected[] {
  if (!SCRIPT.test(text) || /\.(?:bat|cmd|ps1)$/i.test(path)) return [];
  const isMark = text.startsWith('\uFEFF');
  const program = (text.split('\n')[0] ?? '').replace('\uFEFF', '').trim().slice(0, 80);
  // Node takes both itself; only a start as a program fails.
  const isNode = /\bnode\b/.test(program);
  return [
    {
      kind: 'broken-shebang',
      severity: isNode ? 'low' : 'medium',
      confidence: 0.85,
      title: `The script does not start: ${isMark ? 'a byte order mark stands' : 'a carriage return stands'} in its first line`,
      file: path,
      line: 1,
      anchor: program,
      evidence: [
        {
          source: 'hygiene',
          text: isMark
            ? `U+FEFF stands before ${program}`
            : `${program} is followed by a carriage return, which becomes part of the program's name.`,
          ref: `${path}:1`,
        },
      ],
      fix: isMark
        ? 'Save it as UTF-8 without a byte order mark.'
        : 'Save it with line feeds alone, and add "*.sh text eol=lf" to .gitattributes.',
    },
  ];
}
