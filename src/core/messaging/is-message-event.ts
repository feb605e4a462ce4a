import type { MessageEvent, SwarmEvent } from '../events.ts';

const TYPES: Readonly<Record<MessageEvent['type'], true>> = {
  'message.sent': true,
  'messages.acknowledged': true,
  'messages.died': true,
  'topic.subscribed': true,
  'topic.unsubscribed': true,
};

/** Message events name their run, as the run's own do. */
export function isMessageEvent(event: SwarmEvent): event is MessageEvent {
  return Object.hasOwn(TYPES, event.type);
}
