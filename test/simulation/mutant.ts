export type Edit = readonly [text: string, replacement: string, file?: string];

/** A bug that could be in the code. It is put in while the code is loaded; nothing in `src/` knows of it. */
export type Mutant = Readonly<{
  id: string;
  /** Below `src/`. */
  file: string;
  /** Each text must stand in the file just once; another file may be named. */
  edits: readonly Edit[];
  /** The promises that it breaks: one of them must be what the simulator says. */
  breaks: readonly string[];
  /** A seed in which it is seen. */
  seed: number;
}>;
