/** What the environment says about the terminal. Colours are left to Node, which knows `NO_COLOR` and `FORCE_COLOR`. */
export type TerminalHints = Readonly<{
  /** It cannot move the cursor. */
  isDumb: boolean;
  /** It can show more than ASCII. The text console of Linux has a font of 256 signs. */
  hasUnicode: boolean;
}>;

export function terminalHints(): TerminalHints {
  const term = process.env['TERM'];
  return { isDumb: term === 'dumb' || term === undefined, hasUnicode: term !== 'linux' };
}
