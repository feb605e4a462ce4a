/** Work for a process of its own, and how soon it is missed when it is gone. */
export const field = {
  /** Takes a moment, so that there is time to lose whoever does it. */
  command: 'sleep 1; echo found',
  options: {},
};
