import { describe, expect, it } from 'vitest';
import { parseSource } from '../parse-source.ts';

const foundIn = (text: string): readonly string[] => {
  const parsed = parseSource('src/a.ts', text, 'production');
  if (!parsed.ok) throw new Error(parsed.cause);
  return parsed.findings.map(({ kind, severity, line }) => `${kind} ${severity}:${line}`);
};

describe('an empty catch', () => {
  it('is told when what failed is lost', () => {
    expect(foundIn('function f(a) { try { a.save(); } catch {} }')).toEqual(['empty-catch low:1']);
    expect(foundIn('function f(a) { try { a.b = JSON.parse(a.c); a.saveAll(); } catch (e) {} }')).toHaveLength(1);
  });

  it.each([
    'function f(a) { try { const b = a.getName(); a.send(b); } catch {} a.go(); }',
    'async function f(a) { try { await a.push(a.getName()); } catch {} a.go(); }',
    'function f(a) { try { a.deleteUser(a.b); } catch {} a.go(); }',
    'async function f(a) { try { await a.api.post(a.b); } catch {} a.go(); }',
  ])('is told: %s', (text) => {
    expect(foundIn(text)).toEqual(['empty-catch low:1']);
  });

  it.each([
    ['function f(a) { try {\n // may be gone\n a.save(); } catch {} }', 'a comment in the try'],
    ['function f(a) { try { a.save(); } catch { /* gone */ } }', 'a comment in the catch'],
    ['function f(a) {\n // may be gone\n try { a.save(); } catch {}\n}', 'a comment above'],
    [
      'function f(a) {\n // closes itself\n void (async () => {\n try { await a.save(); } catch {}\n })();\n}',
      'above its wrapper',
    ],
    ['function f(a) { try { return a.load(); } catch {} }', 'no answer is an answer'],
    ['function f(a) { try { a.load(); } catch {} return 1; }', 'a value right after it'],
    ['function f(a) { let b; try { b = a.load(); } catch {} if (!b) a.make(); }', 'asked for right after it'],
    ['function f(a) { try { a.x(); } catch {} try { a.y(); } catch { a.z(); } }', 'another way right after it'],
    ['async function f(a) { try { await a; } catch {} }', 'only waits'],
    ['function f(a) { try { a.x(); } catch (e) { try { a.undo(); } catch {} throw e; } }', 'another error goes on'],
    ['function f(a, b) { try { b = a.read(b); } catch {} a.use(b); }', 'the name keeps what it had'],
    ['function f(a) { try { a.x(); try { a.y(); } catch {} } catch (e) { a.log(e); } }', 'one of several ways'],
    ['function f(a) { try { new URL(a); } catch {} }', 'only asks'],
    ['function f(a) { try { a.b = JSON.parse(a.readText()); } catch {} a.go(); }', 'nothing outside is changed'],
    ['function f(a) { try { a.list.push(a.b); } catch {} a.go(); }', 'a list in memory'],
    ['function f(a) { try { a.removeEventListener(a.b); } catch {} a.go(); }', 'in memory too'],
    ['async function f(a) { try { await finished(a); } catch {} a.end(); }', 'only waits until it has ended'],
    ['async function safeSend(a) { try { await a.send(); } catch {} }', 'its name says so'],
    ['const trySave = async (a) => { try { await a.save(); } catch {} };', 'the name that it is given says so'],
    ['const o = { async maybeSave(a) { try { await a.save(); } catch {} } };', 'the name of the method says so'],
    ['function f(a) { try {\n const b = getCaller()\n if (b) a.push(b)\n } catch {} a.go(); }', 'a detail'],
    ['async function f(a) { try { a.ping = await a.pingHost(); } catch {} a.go(); }', 'a field that may be missing'],
  ])('is not: %s', (text) => {
    expect(foundIn(text)).toEqual([]);
  });
});

describe('a throw that an empty catch drops', () => {
  it('is high when nothing at all comes of it', () => {
    const guard = "try {\n const url = h.make(to);\n if (isBad(url)) {\n throw new Error('Invalid');\n }\n} catch {}\n";
    expect(foundIn(`function f(h, to) {\n${guard}return to;\n}`)).toEqual(['throw-swallowed high:5']);
  });

  it('is medium when it skips a step', () => {
    const guard = "try { if (a.isBad) throw new Error('Invalid'); a.note(); } catch {}";
    expect(foundIn(`function f(a) { ${guard} a.open(); }`)).toEqual(['throw-swallowed medium:1']);
  });
});
