import type { LiveOption } from '../core/settings/setting-events.ts';
import { OPTIONS, type OptionValue } from './options.ts';

/** The options that may be changed while somebody leads, with what the configuration says. */
export function liveOptions(
  explained: readonly Readonly<{ name: string; value: OptionValue }>[],
): readonly LiveOption[] {
  return explained.flatMap(({ name, value: configured }): readonly LiveOption[] => {
    const row = OPTIONS.get(name);
    if (row?.applies !== 'live') return [];
    if (typeof configured === 'string' && row.type === 'choice') return [{ name, configured, choices: row.choices }];
    return typeof configured === 'number' && 'min' in row ? [{ name, configured, min: row.min, max: row.max }] : [];
  });
}
