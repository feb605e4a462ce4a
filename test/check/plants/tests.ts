import { oneFilePlants } from './one-file.ts';
import type { Plant } from './plant.ts';
import { UNTESTED_PLANTS } from './untested.ts';

/** Tests that are switched off, and busy code without any. */
export const TESTS_PLANTS: readonly Plant[] = [
  ...oneFilePlants(
    'skipped-tests',
    [
      [
        'clinic/test/visits.test.js',
        'a test',
        `describe('visits', () => {
  it('are counted', () => {
    expect(visits().length).toBe(2);
  });

  it.skip('end before the next one begins', () => {
    expect(visits()[0].end < visits()[1].start).toBe(true);
  });
});
`,
      ],
      [
        'clinic/test/rooms.spec.ts',
        'a whole group',
        `import { rooms } from '../src/rooms';

describe.skip('rooms', () => {
  it('have a number', () => {
    expect(rooms.every((room) => room.number > 0)).toBe(true);
  });
});
`,
      ],
      [
        'clinic/test/doctors.test.js',
        'by a letter',
        `xdescribe('doctors', function () {
  it('have a name', function () {
    assert.ok(doctor.name);
  });
});

xit('sleeps', function () {
  assert.equal(doctor.isAwake, false);
});
`,
      ],
      [
        'clinic/tests/test_bills.py',
        'a mark without a reason',
        `import pytest


@pytest.mark.skip
def test_bill_has_tax():
    assert bill().tax == 19


def test_bill_has_total():
    assert bill().total == 119
`,
      ],
      [
        'clinic/beds/beds_test.go',
        'at the start of a test',
        `package beds

import "testing"

func TestFree(t *testing.T) {
	t.Skip()
	if Free() != 3 {
		t.Fatal("no bed")
	}
}
`,
      ],
      [
        'clinic/src/test/java/clinic/WardTest.java',
        'an annotation without a reason',
        `package clinic;

class WardTest {
    @Disabled
    @Test
    void isOpen() {
        assertTrue(new Ward().isOpen());
    }
}
`,
      ],
      [
        'clinic/test/nurses.test.mjs',
        'by an option',
        `import test from 'node:test';

test('nurses have shifts', { skip: true }, () => {
  if (shifts().length === 0) throw new Error('no shifts');
});
`,
      ],
    ],
    [
      [
        'clinic/test/reason.test.js',
        'with the reason above',
        `describe('letters', () => {
  // The printer of the ward is broken until May.
  it.skip('are printed', () => {
    expect(print()).toBe(true);
  });
});
`,
      ],
      [
        'clinic/test/browser.spec.ts',
        'on one machine only',
        `import { expect, test } from '@playwright/test';

test('signs in', async ({ page, browserName }) => {
  test.skip(browserName === 'webkit', 'no passkeys there');
  await expect(page).toHaveTitle('Clinic');
});
`,
      ],
      [
        'clinic/test/when.test.js',
        'where the system lacks something',
        `describe.skipIf(process.platform === 'win32')('links', () => {
  it('are followed', () => {
    expect(follow('a')).toBe('b');
  });
});
`,
      ],
      [
        'clinic/tests/test_letters.py',
        'with a reason',
        `import pytest


@pytest.mark.skip(reason="needs the printer of the ward")
def test_print():
    assert print_letter()
`,
      ],
      [
        'clinic/tests/test_runner_texts.py',
        'a text that another test runs',
        `def test_skips(run):
    run("""
        import pytest

        @pytest.mark.skip
        def test_one():
            pass
    """)
`,
      ],
      [
        'clinic/tests/VersionTest.php',
        'under a condition',
        `<?php
class VersionTest {
  public function testDates(): void {
    if (PHP_VERSION_ID === 70103) {
      $this->markTestSkipped();
    }
    $this->assertTrue(dates());
  }
}
`,
      ],
      [
        'clinic/test/list.test.js',
        'skip of something else',
        `it('leaves the first ones out', () => {
  const page = list.skip(10).take(5);
  expect(page.length).toBe(5);
  stream.skip('head', () => {});
});
`,
      ],
      [
        'clinic/test/runner.test.js',
        'a test about such tests',
        `it('counts skipped tests', () => {
  const report = run("it.skip('adds', () => {})");
  expect(report.skipped).toBe(1);
});

describe.skip('a skipped group', () => {});
`,
      ],
      [
        'clinic/test/kept.test.js',
        'kept, and looked at by another test',
        `const off = xit('has a limit', function () {
  assert.ok(limit());
}).timeout(100);
it('keeps the limit', () => assert.equal(off.limit, 100));
`,
      ],
      [
        'clinic/src/test/java/clinic/WardBase.java',
        'a base of tests, without any of its own',
        `package clinic;

@Disabled
abstract class WardBase {
    protected Ward ward() {
        return new Ward();
    }
}

class WardBaseTest extends WardBase {
    @Test
    void isFree() {
        assertTrue(ward().isFree());
    }
}
`,
      ],
      [
        'clinic/src/test/java/clinic/PrintTest.java',
        'started by hand, as its name says',
        `package clinic;

class PrintTest {
    @Disabled
    @Test
    void manualLookAtThePrinter() {
        assertTrue(new Printer().prints());
    }
}
`,
      ],
      [
        'clinic/src/test/java/clinic/BedTest.java',
        'the issue is its name',
        `package clinic;

class BedTest {
    @Disabled
    @Test
    void testBeds1593() {
        assertTrue(new Bed().isFree());
    }
}
`,
      ],
      [
        'clinic/src/test/java/clinic/RunnerTest.java',
        'material that a test hands to a runner',
        `package clinic;

class RunnerTest {
    @Test
    void runsNothing() {
        assertEquals(0, run(Sample.class).count());
    }

    public static class Sample {
        @Disabled
        @Test
        public void isLeftOut() {
        }
    }
}
`,
      ],
      [
        'clinic/src/queue.js',
        'no test at all',
        `export const queue = {
  skip(name, next) {
    next(name);
  },
};
queue.skip('first', () => {});
`,
      ],
    ],
  ),
  {
    kind: 'skipped-tests',
    file: 'clinic/test/young.test.js',
    isTrue: false,
    why: 'switched off this month',
    files: { 'clinic/test/young.test.js': "it.skip('are young', () => {\n  expect(young()).toBe(true);\n});\n" },
    past: [{ daysAgo: 20, author: 'Ada', message: 'tests of the young' }],
  },
  {
    kind: 'skipped-tests',
    file: 'clinic/test/flaky.test.js',
    isTrue: false,
    why: 'the commit tells why',
    files: { 'clinic/test/flaky.test.js': "it.skip('are quick', () => {\n  expect(quick()).toBe(true);\n});\n" },
    past: [{ daysAgo: 500, author: 'Ada', message: 'skip the flaky test of speed' }],
  },
  ...UNTESTED_PLANTS,
];
