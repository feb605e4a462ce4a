import type { ImportCycle } from '../core/findings/check-report.ts';
import type { Detected } from './detected.ts';
import type { ResolvedImport } from './resolve.ts';
import { countOf } from './words.ts';

/** A file that runs before what it uses is there, and how it comes to that. */
export type TooEarly = Readonly<{
  /** The import by which it gets it. */
  entry: ResolvedImport;
  /** What it is called where it is made; unknown where all of a module is asked for. */
  name: string | undefined;
  maker: string;
  /** The file of the cycle that has to be loaded first for it, and one around the cycle that loads it. */
  first: string;
  loader: string | undefined;
}>;

export type FoundCycle = Readonly<{ cycle: ImportCycle; tooEarly: TooEarly | undefined }>;

/** The innermost package that holds the file. */
function packageOf(file: string, folders: readonly string[]): string {
  const around = folders.filter((folder) => folder !== '' && file.startsWith(`${folder}/`));
  return around.toSorted((a, b) => b.length - a.length)[0] ?? '';
}

/**
 * None where all is there when it is used, whichever file is loaded first, and all are of one package: such a cycle is
 * counted, and does no harm.
 */
export function cycleFinding(
  { cycle: { files, path }, tooEarly }: FoundCycle,
  folders: readonly string[],
): readonly Detected[] {
  const { file, line } = path[0] ?? { file: files[0] ?? '', line: 0 };
  const names = path.map((step) => step.file);
  const size = files.length;
  const crossed = new Set(files.map((one) => packageOf(one, folders)));
  if (tooEarly === undefined && crossed.size < 2) return [];
  const title =
    size === 2 ? `Two files import each other: ${files.join(' and ')}` : `${size} files import each other in a cycle`;
  const finding: Detected = {
    kind: 'import-cycle',
    severity: 'medium',
    confidence: 0.85,
    title,
    file,
    line,
    anchor: names.toSorted().join(' '),
    evidence: [
      { source: 'graph', text: `Shortest way around: ${[...names, file].join(' → ')}.`, ref: `${file}:${line}` },
      ...othersOf(files, names),
      ...(tooEarly === undefined ? [] : [loadStep(tooEarly)]),
      ...(crossed.size > 1 ? [{ source: 'graph', text: `It runs through ${crossed.size} packages.` }] : []),
      { source: 'graph', text: 'Imports of types alone are not counted.' },
    ],
    fix: cycleFix(tooEarly, names),
    ...(tooEarly === undefined ? { doubt: 'nothing of it is used before it is there.' } : {}),
  };
  return [finding];
}

const MAX_OTHERS = 20;

/** The files of the cycle that the shortest way around does not pass. */
function othersOf(files: readonly string[], names: readonly string[]): Detected['evidence'] {
  const others = files.filter((file) => !names.includes(file));
  if (others.length === 0) return [];
  const rest = others.length - MAX_OTHERS;
  const more = rest > 0 ? ` and ${countOf(rest, 'further file')}` : '';
  return [{ source: 'graph', text: `Also in the cycle: ${others.slice(0, MAX_OTHERS).join(', ')}${more}.` }];
}

function loadStep({ entry, name, maker, first, loader }: TooEarly): Detected['evidence'][number] {
  const { from, line } = entry;
  const what = name === undefined ? `what it takes from ${maker}` : `${shown(name)} of ${maker}`;
  const by = loader === undefined ? '' : ` (${loader} loads it)`;
  const text = `${from} uses ${what} while it loads. When ${first} is loaded first${by}, that is not there yet.`;
  return { source: 'graph', text, ref: `${from}:${line}` };
}

function shown(name: string): string {
  return name === 'default' ? 'the default export' : name;
}

/** One that takes all from the root of a package is mended by taking it from where it stands. */
function cycleFix(tooEarly: TooEarly | undefined, names: readonly string[]): string {
  const to = tooEarly?.entry.to;
  if (tooEarly !== undefined && to?.kind === 'file' && to.path !== tooEarly.maker) {
    return `Let ${tooEarly.entry.from} import it from ${tooEarly.maker}, not from ${to.path}.`;
  }
  const isTyped = names.some((name) => /\.(?:[cm]?tsx?|vue|svelte)$/.test(name));
  const other = isTyped ? 'turn one of the imports into `import type`' : 'import one of them where it is used';
  return `Move what both need into a file of its own, or ${other}.`;
}
