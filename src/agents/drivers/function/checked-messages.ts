import type { ReceiveOptions, RunMessages } from '../../../ports/run-messages.ts';
import { MESSAGE_IDS, OUTGOING_MESSAGE, RECEIVE_OPTIONS, TOPIC_PATTERN } from '../../../tools/message-schemas.ts';
import { asked, checkedForm } from './checked-form.ts';

/** `RunMessages` for callers who may give anything. */
export type CheckedMessages = {
  readonly [Question in keyof RunMessages]: (given?: unknown) => ReturnType<RunMessages[Question]>;
};

export function checkedMessages(messages: () => RunMessages): CheckedMessages {
  return {
    send: (given) => asked(() => messages().send(checkedForm('call.messages.send', OUTGOING_MESSAGE, given))),
    receive: (given = {}) => asked(() => messages().receive(receiveOptions(given))),
    acknowledge: (given) =>
      asked(() => messages().acknowledge(checkedForm('call.messages.acknowledge', MESSAGE_IDS, given))),
    subscribe: (given) =>
      asked(() => messages().subscribe(checkedForm('call.messages.subscribe', TOPIC_PATTERN, given))),
    unsubscribe: (given) =>
      asked(() => messages().unsubscribe(checkedForm('call.messages.unsubscribe', TOPIC_PATTERN, given))),
  };
}

/** A signal is no data, and is looked at by itself. */
function receiveOptions(given: unknown): ReceiveOptions {
  if (typeof given !== 'object' || given === null) return checkedForm('call.messages.receive', RECEIVE_OPTIONS, given);
  const { signal, ...rest }: Readonly<{ signal?: unknown }> = given;
  const options = checkedForm('call.messages.receive', RECEIVE_OPTIONS, rest);
  return signal instanceof AbortSignal ? { ...options, signal } : options;
}
