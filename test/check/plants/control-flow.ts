import type { Plant } from './plant.ts';
import { plantsOf } from './snippets.ts';

/** Errors and promises that nobody waits for. */
export const CONTROL_FLOW_PLANTS: readonly Plant[] = [
  ...plantsOf('throw-swallowed', 'js', {
    real: [
      [
        'the guard of an address',
        "export function targetOf(history, location) {\n  try {\n    const url = history.createURL(location);\n    if (url.protocol === 'javascript:') {\n      throw new Error('Invalid redirect');\n    }\n  } catch {}\n  return location;\n}\n",
      ],
      [
        'the guard of a token, and work after it',
        "export function enter(request, door) {\n  try {\n    const token = door.read(request);\n    if (!token.isValid) throw new TypeError('token is not valid');\n    door.note(token);\n  } catch {}\n  door.open();\n}\n",
      ],
      [
        'with the error named',
        "export function load(plugin, run) {\n  try {\n    if (!plugin.isSigned) throw new Error('not signed');\n  } catch (error) {}\n  run(plugin);\n}\n",
      ],
      [
        'in the other branch',
        "export function pay(order, bank) {\n  try {\n    if (order.isOpen) {\n      bank.reserve(order);\n    } else {\n      bank.note(order);\n      throw new RangeError('closed');\n    }\n  } catch {}\n  bank.pay(order);\n}\n",
      ],
      [
        'made by a function',
        "export function remove(user, store, denied) {\n  try {\n    store.check(user);\n    if (user.role !== 'admin') throw denied(user);\n  } catch {}\n  store.remove(user);\n}\n",
      ],
      [
        'after a wait',
        "export async function send(mail, list) {\n  try {\n    await list.refresh();\n    if (list.isBlocked(mail.to)) throw new Error('blocked');\n  } catch {}\n  await mail.send();\n}\n",
      ],
    ],
    tempting: [
      [
        'the catch says it',
        "export function f(a, log) {\n  try {\n    if (a.isBad) throw new Error('bad');\n  } catch (error) {\n    log(error);\n  }\n}\n",
      ],
      [
        'a way to leave for another answer',
        "export function f(a) {\n  try {\n    const b = JSON.parse(a);\n    if (b.size > 9) throw new Error('too large');\n    return b;\n  } catch {}\n  return null;\n}\n",
      ],
      [
        'a way to leave before a value is kept',
        "export function f(a, b) {\n  let c = 1;\n  try {\n    if (!b.has(a)) throw new Error('none');\n    c = b.get(a);\n  } catch {}\n  return c;\n}\n",
      ],
      [
        'for whoever stops at errors, and a comment says so',
        'export function warn(text) {\n  console.warn(text);\n  try {\n    // Pause on exceptions to see where it comes from.\n    throw new Error(text);\n  } catch {}\n}\n',
      ],
      [
        'thrown in a function that runs later',
        "export function f(a, later) {\n  try {\n    later(() => {\n      if (a.isBad) throw new Error('bad');\n    });\n  } catch {}\n}\n",
      ],
      [
        'caught in between',
        "export function f(a, log) {\n  try {\n    try {\n      if (a.isBad) throw new Error('bad');\n    } catch (error) {\n      log(error);\n    }\n    a.run();\n  } catch {}\n}\n",
      ],
      [
        'outside of the try',
        "export function f(a, b) {\n  try {\n    b.note(a);\n  } catch {}\n  if (a.isBad) throw new Error('bad');\n}\n",
      ],
    ],
  }),
  ...plantsOf('async-executor', 'js', {
    real: [
      ['one wait', 'export const f = (a) => new Promise(async (resolve) => resolve(await a()));\n'],
      [
        'a body',
        'export const f = (a) =>\n  new Promise(async (resolve, reject) => {\n    const b = await a();\n    if (b) resolve(b);\n    else reject(new Error("no"));\n  });\n',
      ],
      [
        'a function',
        'export const f = (a) =>\n  new Promise(async function (resolve) {\n    await a();\n    resolve();\n  });\n',
      ],
      [
        'a wait before the try',
        'export const f = (a, b) =>\n  new Promise(async (resolve, reject) => {\n    await a();\n    try {\n      resolve(await b());\n    } catch (error) {\n      reject(error);\n    }\n  });\n',
      ],
      [
        'a loop',
        'export const f = (list) =>\n  new Promise(async (resolve) => {\n    for (const one of list) await one();\n    resolve(list.length);\n  });\n',
      ],
      [
        'in a class',
        'export class A {\n  run(b) {\n    return new Promise(async (done) => {\n      done(await b.run());\n    });\n  }\n}\n',
      ],
    ],
    tempting: [
      [
        'everything is caught',
        'export const f = (a) =>\n  new Promise(async (yes, no) => {\n    try {\n      yes(await a());\n    } catch (error) {\n      no(error);\n    }\n  });\n',
      ],
      [
        'caught after a line that cannot fail',
        'export const f = (a) =>\n  new Promise(async (yes, no) => {\n    const started = 1;\n    try {\n      yes((await a()) + started);\n    } catch (error) {\n      no(error);\n    }\n  });\n',
      ],
      [
        'nothing waits in it',
        'export const f = (a) =>\n  new Promise(async (resolve) => {\n    setTimeout(resolve, a);\n  });\n',
      ],
      ['not async', 'export const f = (a) => new Promise((resolve) => a.then(resolve));\n'],
    ],
  }),
  ...plantsOf('async-foreach', 'js', {
    real: [
      ['a wait', 'export const f = (a) => a.forEach(async (b) => {\n  await b();\n});\n'],
      [
        'a result is expected',
        'export async function f(a) {\n  const found = [];\n  a.forEach(async (b) => {\n    found.push(await b());\n  });\n  return found;\n}\n',
      ],
      [
        'a function',
        'export function f(a, save) {\n  a.forEach(async function (b) {\n    await save(b);\n  });\n  return true;\n}\n',
      ],
      [
        'of keys',
        'export const f = (o, save) => {\n  Object.keys(o).forEach(async (key) => {\n    await save(key, o[key]);\n  });\n};\n',
      ],
      [
        'two waits',
        'export const f = (a) => {\n  a.forEach(async (b) => {\n    await b.open();\n    await b.close();\n  });\n};\n',
      ],
      ['short', 'export const f = (a, save) => a.forEach(async (b) => await save(b));\n'],
    ],
    tempting: [
      [
        'one that waits',
        'export async function f(a, save) {\n  await a.forEach(async (b) => {\n    await save(b);\n  });\n}\n',
      ],
      ['nothing waits in it', 'export const f = (a) => a.forEach(async (b) => {\n  b.count += 1;\n});\n'],
      ['map with all', 'export const f = (a) => Promise.all(a.map(async (b) => await b()));\n'],
      ['a loop', 'export async function f(a) {\n  for (const b of a) await b();\n}\n'],
    ],
  }),
];
