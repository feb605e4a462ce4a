/** Chance for the shell: the core gets it with each input. */
export interface Random {
  /** 0 to 2^32 - 1. */
  word(): number;
  /** `length` letters and digits that nobody can guess. */
  text(length: number): string;
}
