import { expect, it } from 'vitest';
import { People } from './people.ts';

function countOf(...all: readonly (readonly [name: string, address: string])[]): number {
  const people = new People();
  const keys = all.map(([name, address]) => people.add(name, address));
  return new Set(keys.map((key) => people.nameOf(key))).size;
}

it('who writes from several addresses is one, by the name or by what stands before the sign', () => {
  expect(countOf(['Ada Byron', 'ada@home.example'], ['Ada Byron', 'abyron@work.example'])).toBe(1);
  expect(countOf(['Ada', 'abyron@home.example'], ['A. Byron', '12+abyron@users.noreply.github.com'])).toBe(1);
  expect(countOf(['Ada Byron', 'ada@a.example'], ['Grace', 'grace@b.example'], ['Ada Byron', 'grace@c.example'])).toBe(
    1,
  );
});

it('addresses that many have make nobody one', () => {
  expect(countOf(['Ada', 'info@a.example'], ['Grace', 'info@b.example'])).toBe(2);
  expect(countOf(['root', 'root@a.example'], ['root', 'root@b.example'])).toBe(2);
});
