import type { NotChecked } from './check-report.ts';

type Skip = Pick<NotChecked, 'what' | 'reason' | 'fix'>;

/** What is skipped, why, and what would change that. */
export type Skips = Readonly<{ whats: readonly string[]; reason: string; fix: string }>;

/** Parts that are skipped for the same reason, and helped by the same step, stand together. */
export function groupSkips(skipped: readonly Skip[]): readonly Skips[] {
  const groups = Map.groupBy(skipped, ({ reason, fix }) => `${reason}\0${fix}`);
  return [...groups.values()].flatMap((some) => {
    const [first] = some;
    return first === undefined ? [] : [{ whats: some.map(({ what }) => what), reason: first.reason, fix: first.fix }];
  });
}
