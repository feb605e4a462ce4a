const PERMISSIVE =
  /^(?:MIT(?:-0)?|Apache-2\.0|BSD-[234]-Clause|0BSD|ISC|Unlicense|CC0-1\.0|Zlib|BSL-1\.0|BlueOak-1\.0\.0|Python-2\.0|WTFPL|Artistic-2\.0)$/;
/** Asks that what is made with it is given under the same terms. */
const COPYLEFT = /^(?:A?GPL|SSPL|EUPL|OSL|CC-BY-SA|CC-BY-NC)(?:-|$)/i;
/** Gives no right to use it as the project's own licence does. */
const CLOSED = /^(?:UNLICENSED|BUSL-1\.1|Elastic-2\.0|PolyForm-.*|Commons-Clause)$/i;

/** Whether a project under this licence lets others do nearly anything. */
export function isPermissive(licence: string): boolean {
  return choicesOf(licence).some((all) => all.every((one) => PERMISSIVE.test(one)));
}

/**
 * Why a package under this licence does not go into a permissively licensed product; undefined when it does, or when
 * nobody can say. One choice that fits is enough.
 */
export function conflictOf(licence: string): 'copyleft' | 'closed' | undefined {
  const choices = choicesOf(licence);
  const problems = choices.map((all) => all.map(problemOf).find((problem) => problem !== undefined));
  return problems.includes(undefined) ? undefined : problems[0];
}

function problemOf(licence: string): 'copyleft' | 'closed' | undefined {
  if (COPYLEFT.test(licence)) return / with /i.test(licence) ? undefined : 'copyleft';
  return CLOSED.test(licence) ? 'closed' : undefined;
}

/** An SPDX expression as choices, each of which asks for all that it names. Deeper brackets are read as they come. */
function choicesOf(licence: string): readonly (readonly string[])[] {
  const bare = licence.slice(0, 500).replaceAll(/[()]/g, ' ').trim();
  return bare.split(/\s+or\s+|\//i).map((choice) => choice.split(/\s+and\s+/i).map((one) => one.trim()));
}
