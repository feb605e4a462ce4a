import { WorkerAsks } from '../agents/drivers/function/worker-asks.ts';
import { WorkerDesk } from '../agents/drivers/function/worker-desk.ts';
import type { AttemptDesk } from '../agents/drivers/remote/attempt-desk.ts';
import type { AttemptKey, Question, QuestionAnswer } from '../core/hosts/frames.ts';
import { MAX_CARRIED_BYTES } from '../core/hosts/host-limits.ts';
import { nameOf } from '../core/ids.ts';
import type { Json } from '../core/json.ts';
import type { RunContext } from '../ports/agent-driver.ts';
import type { OutgoingMessage } from '../ports/run-messages.ts';
import { userError } from '../util/user-error.ts';
import type { AttemptAsks, QuestionPost } from '../worker/hosted-attempt.ts';

/** Questions of one attempt are those of one call in a worker thread: only the way is longer. */
const CALL = 1;
/** Of why there is no answer. */
const MAX_WORDS = 8_000;

/** On the host: what its attempts can ask of their run. */
export function asksFor(post: QuestionPost, { taskId, attempt }: AttemptKey): AttemptAsks {
  let sent = 0;
  // Here, because leaders change meanwhile: each would begin to count anew, and know no message that is sent again.
  const named = (message: OutgoingMessage): OutgoingMessage =>
    message.id === undefined ? { ...message, id: `${nameOf(taskId)}.${attempt}.${++sent}` } : message;
  const asks = new WorkerAsks(
    CALL,
    (message) => {
      if (message.kind === 'give-up') post.giveUp(message.id);
      if (message.kind !== 'ask') return;
      const { id, ability, question, given, canGiveUp } = message;
      const asked = given === undefined ? {} : { given: plain(given) };
      post.put(id, { ability, question, ...asked, ...(canGiveUp === undefined ? {} : { canGiveUp }) });
    },
    named,
  );
  return {
    abilities: asks,
    settle: (id, answer) => {
      if (answer.ok) asks.settle({ kind: 'answer', call: CALL, id, value: answer.value });
      else {
        const { ok: _ok, ...why } = answer;
        asks.settle({ kind: 'failed', call: CALL, id, ...why });
      }
    },
    end: () => asks.end(),
  };
}

/** In the leader: who answers them. */
export function deskFor(context: RunContext, tell: (id: number, answer: QuestionAnswer) => void): AttemptDesk {
  const say = (message: Parameters<ConstructorParameters<typeof WorkerDesk>[1]>[0]): void => {
    if (message.kind === 'answer') {
      tell(message.id, { ok: true, ...(message.value === undefined ? {} : { value: plain(message.value) }) });
    } else if (message.kind === 'failed') {
      const { kind: _kind, call: _call, id, ...why } = message;
      tell(id, { ok: false, ...why, message: why.message.slice(0, MAX_WORDS).toWellFormed() });
    }
  };
  // Whatever it waits for, the host keeps no place of this process.
  const desk = new WorkerDesk(context, say, { rest: (wait) => wait() });
  return {
    ask: (id, question) => void desk.answer(askOf(id, question)),
    giveUp: (id) => desk.giveUp(id),
  };
}

function askOf(id: number, { ability, question, given, canGiveUp }: Question): Parameters<WorkerDesk['answer']>[0] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the desk refuses what it does not know
  const known = ability as Parameters<WorkerDesk['answer']>[0]['ability'];
  const ask = { kind: 'ask', call: CALL, id, ability: known, question, given } as const;
  return canGiveUp === undefined ? ask : { ...ask, canGiveUp };
}

/** As it crosses to another process. Throws for what is no JSON, and for what is too large: nothing else would get through. */
function plain(value: unknown): Json {
  const text = JSON.stringify(value);
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_CARRIED_BYTES) {
    const message = `${bytes} bytes are too many to be carried between a worker and its leader.`;
    throw userError({ code: 'TOO_LARGE', message, fix: `Use at most ${MAX_CARRIED_BYTES} at once.` });
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what was written as JSON is JSON
  return JSON.parse(text) as Json;
}
