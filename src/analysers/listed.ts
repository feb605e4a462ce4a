const SHOWN = 36;

/** As many of a list as fit, and how many more there are. */
export function listed(names: readonly string[]): string {
  const [first = '', ...rest] = names;
  let shown = first.length > SHOWN ? `${first.slice(0, SHOWN - 1)}…` : first;
  let count = 1;
  for (const name of rest) {
    if (shown.length + name.length > SHOWN) break;
    shown += `, ${name}`;
    count += 1;
  }
  return names.length === count ? shown : `${shown} and ${names.length - count} more`;
}
