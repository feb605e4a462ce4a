/** What a kind of finding is, for people. */
export type KindText = Readonly<{
  /** A few words: `Import cycle`. */
  name: string;
  /** What is wrong, in one sentence. */
  short: string;
  /** Why it matters. */
  why: string;
  /** What to do about it in general. */
  help: string;
  topic: Topic;
}>;

export type Topic = 'correctness' | 'maintainability' | 'security' | 'tests' | 'docs' | 'packaging' | 'ci' | 'hygiene';

type Row = readonly [kind: string, name: string, short: string, why: string, help: string];

/** Rows of a table of kinds. */
export function kindsOf(topic: Topic, ...rows: readonly Row[]): readonly (readonly [string, KindText])[] {
  return rows.map(([kind, name, short, why, help]) => [kind, { name, short, why, help, topic }]);
}
