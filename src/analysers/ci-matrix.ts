import { asPattern } from './words.ts';
import { entriesAt, itemsAt, textAt, textsAt, valueAt, type YamlNode } from './yaml-text.ts';

/** What `matrix.<name>` may stand for, by name. */
export type Matrix = ReadonlyMap<string, readonly string[]>;

export const NO_MATRIX: Matrix = new Map();

/** The values of a matrix, and those of what it includes. What is made when it runs is not known. */
export function matrixOf(job: YamlNode): Matrix {
  const matrix = valueAt(job, 'strategy', 'matrix');
  const found = new Map<string, string[]>();
  const add = (key: string, values: readonly string[]): void => {
    found.set(key, [...(found.get(key) ?? []), ...values]);
  };
  for (const { key, value } of entriesAt(matrix)) {
    if (key === 'include') continue;
    add(key, textsAt(value));
    for (const item of itemsAt(value)) addFields(item, key, add);
  }
  for (const item of itemsAt(valueAt(matrix, 'include'))) addFields(item, '', add);
  return found;
}

/** `matrix.config.command`, of a list of maps. */
function addFields(item: YamlNode, prefix: string, add: (key: string, values: readonly string[]) => void): void {
  for (const { key, value } of entriesAt(item)) {
    const text = textAt(value);
    if (text !== undefined) add(prefix === '' ? key : `${prefix}.${key}`, [text]);
  }
}

const MAX_TEXTS = 32;

/** The commands that a text becomes, one for each value; as it stands where a value is not known. */
export function withMatrix(text: string, matrix: Matrix): readonly string[] {
  let texts: readonly string[] = [text];
  for (const [name, values] of matrix) {
    const use = new RegExp(`\\$\\{\\{\\s*matrix\\.${asPattern(name)}\\s*\\}\\}`, 'g');
    if (values.length === 0 || !use.test(text)) continue;
    texts = texts.flatMap((one) => values.map((value) => one.replace(use, () => value))).slice(0, MAX_TEXTS);
  }
  return texts;
}
