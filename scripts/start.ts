/** `npm start` runs the main job; `npm start -- <command> …` runs any other one. */
if (process.argv.length === 2) process.argv.push('check');
// @ts-expect-error -- plain JavaScript, for any Node
await import('../bin/waggle.js');
