/** A promise that was broken in the world of a seed. */
export type Failure = Readonly<{ seed: number; invariant: string; message: string; atUs: number }>;
