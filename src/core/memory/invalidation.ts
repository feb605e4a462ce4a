/** A removal that is decided and not done everywhere yet: a new leader does it again. `by`: for people. */
export type Invalidation = Readonly<{ id: string; pattern: string; by: string }>;
