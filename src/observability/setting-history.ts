import type { SettingCause, SettingValue } from '../core/settings/setting-events.ts';
import type { RunArchive } from '../ports/run-archive.ts';

/** A change of an option while somebody led. */
export type SettingChange = Readonly<{
  name: string;
  before: SettingValue;
  value: SettingValue;
  /** What the configuration said then; a change to just that took an earlier one back. */
  configured: SettingValue;
  cause: SettingCause;
  by: string;
  /** Wall time, ms since 1970. */
  atMs: number;
}>;

/** Newest first. */
export function settingHistory(archive: Pick<RunArchive, 'newest'>, limit = 10_000): readonly SettingChange[] {
  return archive.newest(['config.changed'], limit).flatMap(({ event, wallTimeMs: atMs }) => {
    if (event.type !== 'config.changed') return [];
    const { type: _type, ...change } = event;
    return [{ ...change, atMs }];
  });
}

/** The changes that hold, by option. */
export function settingsNow(archive: Pick<RunArchive, 'newest'>): ReadonlyMap<string, SettingChange> {
  const newest = new Map<string, SettingChange>();
  for (const change of settingHistory(archive)) if (!newest.has(change.name)) newest.set(change.name, change);
  return new Map([...newest].filter(([, { value, configured }]) => value !== configured));
}
