/** The client's side of the door of an attempt, for programs of ours that run inside a task. */
export { askDoor } from '../server/attempt-door-client.ts';
