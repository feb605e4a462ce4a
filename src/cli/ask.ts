import { createInterface } from 'node:readline/promises';

/** A yes or no question to the person at the terminal; anything but yes is no, and so is the end of the input. */
export async function ask(question: string): Promise<boolean> {
  using lines = createInterface({ input: process.stdin, output: process.stderr });
  // While it is asked, the terminal hands Ctrl-C over as a letter: it means what it means elsewhere.
  lines.once('SIGINT', () => {
    lines.close();
    process.stderr.write('\n');
    process.kill(process.pid, 'SIGINT');
  });
  const answer = await lines.question(`${question} [y/N] `).catch((error: unknown) => {
    if (error instanceof Error && error.name === 'AbortError') return '';
    throw error;
  });
  return /^y(es)?$/i.test(answer.trim());
}
