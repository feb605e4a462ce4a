import { LOCAL_COMMAND, type LocalCommand } from '../server/local-socket-commands.ts';
import { userError, UserErrors } from '../util/user-error.ts';

const MAX_MISTAKES = 20;

/** Programs may be plain JavaScript: what has another form than a command must not reach the journal. */
export function checkedCommand(input: LocalCommand): LocalCommand {
  const parsed = LOCAL_COMMAND.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new UserErrors(
    parsed.error.issues.slice(0, MAX_MISTAKES).map(({ path, message }) =>
      userError({
        code: 'COMMAND_FORM',
        at: path.map(String).join('.'),
        message: `${message}.`,
        fix: 'Give what the type of this parameter says.',
      }),
    ),
  );
}
