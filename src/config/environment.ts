import { userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** What the process got from its surroundings. Taken once at the start and handed on: nothing else reads it. */
export type Environment = Readonly<{
  /** Everything; only for `envFrom` and for looking up programs. Values may be secrets: never log or journal them. */
  variables: Readonly<Record<string, string>>;
  /** Absolute path of the user's own state: `WAGGLE_HOME`, else `$XDG_STATE_HOME/waggle`, else `~/.local/state/waggle`. */
  home: string;
  /** `XDG_RUNTIME_DIR`, for sockets; undefined where there is none. */
  runtimeDir: string | undefined;
  /** Inside a task: where its coordinator listens, and what shows which attempt asks. A secret. */
  door: Readonly<{ socket: string; token: string }> | undefined;
  /** Colour in a terminal: `NO_COLOR` says no, `FORCE_COLOR` yes, else undefined: ask the terminal. */
  color: boolean | undefined;
  /** A program runs us, no person watches: `CI` is set. */
  isCi: boolean;
  /** `TERM` is `dumb`: no cursor movement. */
  isDumbTerminal: boolean;
}>;

/** The only reader of `process.env`. Give `variables` in tests. */
export function readEnvironment(variables: Readonly<Record<string, string | undefined>> = process.env): Environment {
  const given = Object.fromEntries(
    Object.entries(variables).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  const userHome = pathIn(given['HOME']) ?? homeInTheUserList();
  const state = pathIn(given['XDG_STATE_HOME']) ?? join(userHome, '.local', 'state');
  return {
    variables: given,
    home: pathIn(given['WAGGLE_HOME']) ?? join(state, 'waggle'),
    runtimeDir: pathIn(given['XDG_RUNTIME_DIR']),
    door: doorOf(given),
    color: colorOf(given),
    isCi: isSet(given['CI']),
    isDumbTerminal: given['TERM'] === 'dumb',
  };
}

/** Who runs this process; `uid-1000` for a user whom the system does not know, as containers start them. */
export function userName(lookUp: () => string = () => userInfo().username): string {
  try {
    return lookUp();
  } catch {
    return `uid-${process.getuid?.() ?? 'unknown'}`;
  }
}

/** `/` for a user whom the system does not know, as containers start them: there nothing can be kept. */
function homeInTheUserList(): string {
  try {
    return pathIn(userInfo().homedir) ?? '/';
  } catch {
    return '/';
  }
}

/** Relative paths are ignored, as the XDG rules ask: they would mean another folder in each process. */
function pathIn(text: string | undefined): string | undefined {
  return text !== undefined && isAbsolute(text) ? text : undefined;
}

function doorOf(variables: Readonly<Record<string, string>>): Environment['door'] {
  const socket = pathIn(variables['WAGGLE_SOCKET']);
  const token = variables['WAGGLE_ATTEMPT_TOKEN'];
  return socket === undefined || token === undefined || token === '' ? undefined : { socket, token };
}

function colorOf(variables: Readonly<Record<string, string>>): boolean | undefined {
  // By its convention any value counts, "0" too: https://no-color.org
  if ((variables['NO_COLOR'] ?? '') !== '') return false;
  return isSet(variables['FORCE_COLOR']) ? true : undefined;
}

function isSet(text: string | undefined): boolean {
  return text !== undefined && text !== '' && text !== '0' && text !== 'false';
}
