import type { Plant } from './plant.ts';
import { RISKY_SHELL_PLANTS } from './risky-shell.ts';
import { RISKY_SQL_PLANTS } from './risky-sql.ts';
import { RISKY_SYSTEM_PLANTS } from './risky-system.ts';
import { RISKY_WEB_PLANTS } from './risky-web.ts';

/** Code that somebody else's values can turn against its users, in the languages that people write it in. */
export const RISKY_CODE_PLANTS: readonly Plant[] = [
  ...RISKY_WEB_PLANTS,
  ...RISKY_SQL_PLANTS,
  ...RISKY_SHELL_PLANTS,
  ...RISKY_SYSTEM_PLANTS,
];
