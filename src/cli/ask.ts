import { createInterface } from 'node:readline/promises';

/** A yes or no question to the person at the terminal; anything but yes is no. */
export async function ask(question: string): Promise<boolean> {
  using lines = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await lines.question(`${question} [y/N] `);
  return /^y(es)?$/i.test(answer.trim());
}
