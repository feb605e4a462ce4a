type Paint = (text: string) => string;

/** Colour never carries meaning alone: every use has a word or a sign beside it. */
export type Style = Readonly<{
  bold: Paint;
  dim: Paint;
  red: Paint;
  green: Paint;
  yellow: Paint;
  cyan: Paint;
  signs: Signs;
}>;

/** Signs that a terminal without Unicode can show too. */
export type Signs = Readonly<{
  done: string;
  failed: string;
  skipped: string;
  running: string;
  waiting: string;
  warn: string;
  to: string;
  dot: string;
  full: string;
  empty: string;
  branch: string;
  lastBranch: string;
  trunk: string;
}>;

const UNICODE: Signs = {
  done: '✔',
  failed: '✘',
  skipped: '○',
  running: '●',
  waiting: '◌',
  warn: '!',
  to: '→',
  dot: '·',
  full: '█',
  empty: '░',
  branch: '├─ ',
  lastBranch: '└─ ',
  trunk: '│  ',
};

const PLAIN: Signs = {
  done: 'ok',
  failed: 'x',
  skipped: '-',
  running: '*',
  waiting: '.',
  warn: '!',
  to: '->',
  dot: '-',
  full: '#',
  empty: '.',
  branch: '|- ',
  lastBranch: '`- ',
  trunk: '|  ',
};

/** `colour` and `unicode` as the terminal can show them. */
export function styleFor(options: Readonly<{ colour: boolean; unicode: boolean }>): Style {
  const paint = (open: number, close: number): Paint =>
    options.colour ? (text) => (text === '' ? '' : `\u001B[${open}m${text}\u001B[${close}m`) : (text) => text;
  return {
    bold: paint(1, 22),
    dim: paint(2, 22),
    red: paint(31, 39),
    green: paint(32, 39),
    yellow: paint(33, 39),
    cyan: paint(36, 39),
    signs: options.unicode ? UNICODE : PLAIN,
  };
}
