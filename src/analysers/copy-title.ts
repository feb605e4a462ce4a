import { countOf } from './words.ts';

/** Where a copy begins. */
export type CopyPlace = Readonly<{ path: string; line: number }>;

const MAX_TITLE = 90;

/** Says how much is the same, and where, in a line that stays short. `others`: shorter passages of the same files. */
export function copyTitle(lines: number, places: readonly CopyPlace[], others: number): string {
  const what = `The same ${lines} lines of code`;
  const end = others === 0 ? '' : `; also ${countOf(others, 'shorter passage')}`;
  const [first, ...rest] = places;
  const other = rest.find(({ path }) => path !== first?.path);
  if (first === undefined) return what;
  if (other === undefined) return inOneFile(what, places) + end;
  return inFiles(what, [first, other], { files: new Set(pathsOf(places)).size, end });
}

function pathsOf(places: readonly CopyPlace[]): readonly string[] {
  return places.map(({ path }) => path);
}

function inOneFile(what: string, places: readonly CopyPlace[]): string {
  const lines = places.map(({ line }) => line);
  const shown = lines.length > 4 ? `${lines.slice(0, 3).join(', ')} and more` : listed(lines);
  const [name = ''] = shortNames(pathsOf(places).slice(0, 1));
  const times = lines.length === 2 ? 'twice' : `${lines.length} times`;
  return `${what} ${times} in ${shortened(name, 30)}, from lines ${shown}`;
}

type Rest = Readonly<{ files: number; end: string }>;

function inFiles(what: string, places: readonly CopyPlace[], { files, end }: Rest): string {
  const more = files > 2 ? ` and ${files - 2} more` : '';
  const glue = files > 2 ? ', ' : ' and ';
  const [one = '', two = ''] = shortNames(pathsOf(places));
  const [first = '', second = ''] = places.map(({ line }) => `:${line}`);
  const whole = `${what} in ${one}${first}${glue}${two}${second}${more}`;
  if (whole.length <= MAX_TITLE) return whole.length + end.length <= MAX_TITLE ? whole + end : whole;
  const room = MAX_TITLE - (whole.length - one.length - two.length);
  const short = shortened(one, Math.max(Math.floor(room / 2), room - two.length));
  return `${what} in ${short}${first}${glue}${shortened(two, room - short.length)}${second}${more}`;
}

function listed(all: readonly number[]): string {
  return all.length < 2 ? all.join('') : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`;
}

/** Names of files, with as many folders before them as tell them apart. */
function shortNames(paths: readonly string[]): readonly string[] {
  const steps = paths.map((path) => path.split('/'));
  const longest = Math.max(...steps.map(({ length }) => length));
  for (let count = 1; count <= longest; count += 1) {
    const tails = steps.map((path) => path.slice(-count));
    if (new Set(tails.map((tail) => tail.join('/'))).size < paths.length) continue;
    // Folders between the one that tells them apart and the name say nothing.
    return tails.map(([head = '', ...rest]) =>
      rest.length > 1 ? `${head}/…/${rest.at(-1)}` : [head, ...rest].join('/'),
    );
  }
  return paths;
}

/** The end of a path says most. */
function shortened(text: string, room: number): string {
  return text.length <= room ? text : `…${text.slice(1 - Math.max(8, room))}`;
}
