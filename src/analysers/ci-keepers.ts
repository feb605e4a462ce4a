import { runGit } from './git.ts';
import type { Asking } from './line-origin.ts';

const MAX_COMMITS = 1_000;
/** Fewer do not make somebody one of those who keep the project. */
const MIN_COMMITS = 5;
const MIN_SHARE = 0.05;

/** Names that those who wrote much of the repository go by, in small letters: an account of theirs is no stranger's. */
export async function mainCommitters({ root, searchPath, signal }: Asking): Promise<readonly string[]> {
  const args = ['log', '-n', String(MAX_COMMITS), '--no-merges', '--format=%aN%x02%aE', 'HEAD'];
  const log = await runGit(root, args, { searchPath, signal, maxOutput: 1024 * 1024 });
  if (!log.ok) return [];
  const lines = log.stdout.toString('utf8').split('\n').filter(Boolean);
  const counts = new Map<string, number>();
  for (const line of lines) for (const name of new Set(namesIn(line))) counts.set(name, (counts.get(name) ?? 0) + 1);
  const least = Math.max(MIN_COMMITS, lines.length * MIN_SHARE);
  return [...counts].filter(([, count]) => count >= least).map(([name]) => name);
}

/** What an account may be called: the name without spaces, the address before its sign, the first part of its domain. */
function namesIn(line: string): readonly string[] {
  const [name = '', address = ''] = line.toLowerCase().split('\u0002');
  const [mailbox = '', domain = ''] = address.split('@');
  const plain = name.normalize('NFD').replaceAll(/\p{M}/gu, '');
  const [site = ''] = COMMON_MAIL.test(domain) ? [] : domain.split('.');
  const all = [
    plain.replaceAll(/\s+/g, ''),
    plain.trim().replaceAll(/\s+/g, '-'),
    mailbox.replace(/^\d+\+/, ''),
    mailbox.replace(/^\d+\+/, '').replaceAll('.', ''),
    site,
  ];
  return all.filter(
    (one) => one.length > 2 && !/^(?:info|mail|me|hello|dev|github|git|admin|contact|code|root)$/.test(one),
  );
}

/** Mail for everybody: its name is nobody's. */
const COMMON_MAIL =
  /^(?:(?:users\.noreply\.)?github\.com|gmail|googlemail|outlook|hotmail|live|yahoo|icloud|me|mac|proton(?:mail)?|pm|gmx|web|mail|qq|163|126|foxmail|fastmail|hey|yandex|aol|users)(?:\.|$|\.com)/;
