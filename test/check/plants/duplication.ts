import { GO_RETRY, IMPORT_ROWS, JAVA_EXPORT, LAYOUT, PHP_LIST, VALIDATE } from './duplication-code.ts';
import type { Plant } from './plant.ts';

const copies = (isTrue: boolean, why: string, files: Readonly<Record<string, string>>): Plant => {
  const [file = ''] = Object.keys(files);
  return { kind: 'duplicate-code', file, isTrue, why, files };
};

/** A text that is there now, what it was before, and what the commit that changed it says. */
type Edit = readonly [now: string, before: string, message: string];

/** With commits that made these edits, oldest first, in every file that has the text; `only`: in this file alone. */
function edited(plant: Plant, edits: readonly Edit[], only?: string): Plant {
  const versionOf = (made: number): Readonly<Record<string, string>> =>
    Object.fromEntries(
      Object.entries(plant.files).map(([path, text]) => [
        path,
        edits
          .slice(made)
          .reduce(
            (sum, [now, before]) => (only === undefined || only === path ? sum.replaceAll(now, before) : sum),
            text,
          ),
      ]),
    );
  const messages = ['begin', ...edits.map(([, , message]) => message)];
  const past = messages.map((message, at) => ({
    daysAgo: 700 - at * 200,
    author: 'Ada',
    message,
    files: versionOf(at),
  }));
  return { ...plant, past };
}

/** Two changes that had to be made in both. */
const VALIDATE_EDITS: readonly Edit[] = [
  ['body.name.length > 200', 'body.name.length > 100', 'allow longer names'],
  [
    "else if (age < 16) problems.push('age is below 16');",
    "else if (age < 18) problems.push('age is below 18');",
    'from 16 on',
  ],
];
const IMPORT_EDITS: readonly Edit[] = [
  ['if not any(row.values()):', 'if not row:', 'pass over empty lines'],
  ['amount = Decimal(row["amount"].replace(",", "."))', 'amount = Decimal(row["amount"])', 'read commas'],
];
const GO_EDITS: readonly Edit[] = [
  ['response.StatusCode < 500', 'response.StatusCode < 400', 'give up on what the client did wrong'],
  [
    'request.Header.Set("Content-Type", "application/json")',
    'request.Header.Add("Content-Type", "text/json")',
    'name the type',
  ],
];
const JAVA_EDITS: readonly Edit[] = [
  ['cell.setCellValue(number.doubleValue());', 'cell.setCellValue(number.intValue());', 'fix cents that were lost'],
];
const PHP_EDITS: readonly Edit[] = [
  ['$page = min($page, $pages);', '$page = $page > $pages ? 1 : $page;', 'stay on the last page'],
  ["$row['closed_at'] !== null", "isset($row['closed_at'])", 'tell closed rows'],
];

/** The same words for all, but other names: as people write one thing twice. */
const renamed = (text: string): string =>
  text
    .replaceAll('body', 'order')
    .replaceAll('problems', 'faults')
    .replaceAll('age', 'amount')
    .replaceAll('log', 'trace');

const LICENCE = `/*\n${Array.from({ length: 30 }, (_, line) => ` * Line ${line} of the licence: you may copy, change and sell this program.\n`).join('')} */\n`;
const IMPORTS = Array.from({ length: 30 }, (_, at) => `import { part${at} } from 'parts-${at}';\n`).join('');
const COLOURS = Array.from(
  { length: 40 },
  (_, at) => `  shade${at}: '#${(at * 5_000 + 1_000_000).toString(16).slice(0, 6)}',\n`,
).join('');
const TYPES = Array.from({ length: 30 }, (_, at) => `  field${at}: string | null;\n`).join('');
const CASES = Array.from({ length: 24 }, (_, at) => `    case 'state-${at}':\n`).join('');

const HALL = LAYOUT.replaceAll('box', 'seat') + VALIDATE.replaceAll('body', 'seat').replaceAll('problems', 'doubts');
const FIXED = 'changedAt: clock.now()';
const BROKEN = 'changedAt: Date.now()';

const PRIMITIVE = JAVA_EXPORT.replaceAll('Cell', 'Field').replaceAll('Row', 'Line');

const REAL: readonly Plant[] = [
  edited(
    copies(true, 'one check in two handlers', {
      'office/handlers/create-person.js': `export async function createPerson(body, { request, response, store, clock, log, countries }) {\n${VALIDATE}  response.status(201);\n  response.json(saved);\n}\n`,
      'office/handlers/update-person.js': `/** Changes what is there. */\nexport async function updatePerson(body, { request, response, store, clock, log, countries }) {\n  const old = await store.get(body.id);\n${VALIDATE}  response.json({ old, saved });\n}\n`,
    }),
    VALIDATE_EDITS,
  ),
  edited(
    copies(true, 'twice in one file', {
      'office/drawing/layout.ts': `export function layoutRows(boxes, limit, gap, canvas, offset, drawn) {\n${LAYOUT}  return y + height;\n}\n\nexport function layoutPreview(boxes, limit, gap, canvas, offset, drawn) {\n  canvas.scale(0.5, 0.5);\n  // As above, but smaller.\n${LAYOUT.replaceAll(/^ {2}/gm, '    ')}  canvas.scale(2, 2);\n}\n`,
    }),
    [['    x += width + gap;\n', '    x += width;\n', 'fix boxes that touched each other']],
  ),
  edited(
    copies(true, 'two commands that read the same lists', {
      'office/lists/bookings.py': `import csv\nfrom decimal import Decimal, InvalidOperation\n\n\ndef import_bookings(path, required, delimiter=";", allow_negative=True):\n    """Reads bookings."""\n${IMPORT_ROWS}    return Bookings(rows)\n`,
      'office/lists/refunds.py': `import csv\nfrom datetime import datetime\nfrom decimal import Decimal, InvalidOperation\n\n\ndef import_refunds(path, required, delimiter=",", allow_negative=False):\n    # Refunds come from the shop.\n${IMPORT_ROWS}    return [Refund(row) for row in rows]\n`,
    }),
    IMPORT_EDITS,
  ),
  edited(
    copies(true, 'two clients that try again in the same way', {
      'office/clients/invoices.go': `package clients\n\nfunc (c *Invoices) send(ctx context.Context, method, url string, body []byte, attempts int) (*http.Response, error) {\n${GO_RETRY}\treturn nil, last\n}\n`,
      'office/clients/payments.go': `package clients\n\nfunc (c *Payments) call(ctx context.Context, method, url string, body []byte, attempts int) (*http.Response, error) {\n\tc.calls.Add(1)\n${GO_RETRY}\treturn nil, fmt.Errorf("payments: %w", last)\n}\n`,
    }),
    GO_EDITS,
  ),
  copies(false, 'programs for those who work on the package, which publishes others', {
    'office/kit/dev-server.js': `export async function one(body, { request, response, store, clock, log, countries }) {\n${VALIDATE}  response.json(saved);\n}\n`,
    'office/kit/dev-server-two.js': `export async function two(body, { request, response, store, clock, log, countries }) {\n  clock.start();\n${VALIDATE}  response.json(saved);\n}\n`,
    'office/kit/package.json': JSON.stringify({ name: 'office-kit', version: '1.0.0', files: ['lib'] }),
  }),
  edited(
    copies(true, 'two exports of the same sheet', {
      'office/export/InvoiceExport.java': `package office.export;\n\nclass InvoiceExport {\n    void write(String title, List<String> names, List<Map<String, Object>> data, OutputStream target) throws IOException {\n${JAVA_EXPORT}    }\n}\n`,
      'office/export/StockExport.java': `package office.export;\n\nimport java.io.OutputStream;\n\n/** Stock as a sheet. */\nclass StockExport {\n    void export(String title, List<String> names, List<Map<String, Object>> data, OutputStream target) throws IOException {\n        check(names);\n${JAVA_EXPORT}    }\n}\n`,
    }),
    JAVA_EDITS,
  ),
  edited(
    copies(true, 'pages of a list at three places', {
      'office/web/CustomerList.php': `<?php\nclass CustomerList {\n  public function page(array $query, array $columns, array $filters): array {\n${PHP_LIST}    return compact('rows', 'links');\n  }\n}\n`,
      'office/web/InvoiceList.php': `<?php\nclass InvoiceList {\n  public function page(array $query, array $columns, array $filters): array {\n    $this->log->info('invoices');\n${PHP_LIST}    return ['rows' => $rows, 'links' => $links, 'count' => $count];\n  }\n}\n`,
      'office/web/StockList.php': `<?php\nclass StockList {\n  public function show(array $query, array $columns, array $filters): string {\n${PHP_LIST}    return $this->view->render('stock', compact('rows', 'links'));\n  }\n}\n`,
    }),
    PHP_EDITS,
  ),
  edited(
    copies(true, 'one of them was corrected, the other was forgotten', {
      'office/halls/plan.js': `export function plan(boxes, limit, gap, canvas, offset, drawn) {\n${HALL}  return y + height;\n}\n`,
      'office/halls/poster.js': `export function poster(boxes, limit, gap, canvas, offset, drawn) {\n  canvas.clear();\n${HALL.replace(FIXED, BROKEN)}  return canvas;\n}\n`,
    }),
    [[FIXED, BROKEN, 'Fix times that the tests cannot set']],
    'office/halls/plan.js',
  ),
];

const BOOKS = LAYOUT.replaceAll('box', 'book');
const SHEETS = JAVA_EXPORT.replaceAll('column', 'slot').replaceAll('workbook', 'sheets');
const SHEETS_HEAD =
  '(String title, List<String> names, List<Map<String, Object>> data, OutputStream target) throws IOException {\n';

const TEMPTING: readonly Plant[] = [
  copies(false, 'short, in one file, and no fix had to change it', {
    'office/books/shelf.ts': `export function shelve(books, limit, gap, canvas, offset, drawn) {\n${BOOKS}  return y + height;\n}\n\nexport function preview(books, limit, gap, canvas, offset, drawn) {\n  canvas.scale(0.5, 0.5);\n${BOOKS}  canvas.scale(2, 2);\n}\n`,
  }),
  edited(
    copies(false, 'a comment says that speed is the reason', {
      'office/fast/SheetOne.java': `package office.fast;\n\nclass SheetOne {\n    // Inlined here too: a call for each cell shows in the profile, it is the hot path.\n    void write${SHEETS_HEAD}${SHEETS}    }\n}\n`,
      'office/fast/SheetTwo.java': `package office.fast;\n\nclass SheetTwo {\n    void export${SHEETS_HEAD}        check(names);\n${SHEETS}    }\n}\n`,
    }),
    JAVA_EDITS,
  ),
  edited(
    copies(false, 'a field that both use is of another type in each', {
      'office/kinds/KindOne.java': `package office.kinds;\n\nclass KindOne {\n    private final DayStyles kinds;\n\n    void write${SHEETS_HEAD}${SHEETS.replaceAll('styles', 'kinds')}    }\n}\n`,
      'office/kinds/KindTwo.java': `package office.kinds;\n\nclass KindTwo {\n    private final NightStyles kinds;\n\n    void export${SHEETS_HEAD}        check(names);\n${SHEETS.replaceAll('styles', 'kinds')}    }\n}\n`,
    }),
    JAVA_EDITS,
  ),
  copies(false, 'nobody ever had to change both', {
    'office/crates/load.js': `export function load(boxes, limit, gap, canvas, offset, drawn) {\n${LAYOUT.replaceAll('box', 'crate')}  return y;\n}\n`,
    'office/crates/unload.js': `export function unload(boxes, limit, gap, canvas, offset, drawn) {\n  canvas.begin();\n${LAYOUT.replaceAll('box', 'crate')}  return x;\n}\n`,
  }),
  edited(
    copies(false, 'a change of white space and words in both', {
      'office/shelves/fill.js': `export function fill(boxes, limit, gap, canvas, offset, drawn) {\n${LAYOUT.replaceAll('box', 'shelf')}  return y;\n}\n`,
      'office/shelves/empty.js': `export function empty(boxes, limit, gap, canvas, offset, drawn) {\n  canvas.begin();\n${LAYOUT.replaceAll('box', 'shelf')}  return x;\n}\n`,
    }),
    [
      ['    x += width + gap;\n', '     x   +=   width + gap;\n', 'tidy up'],
      ['    drawn.add(shelf.id);\n', '    // Keep it.\n    drawn.add(shelf.id);\n', 'say less'],
    ],
  ),
  edited(
    copies(false, 'each was changed for itself', {
      'office/trays/left.js': `export function left(boxes, limit, gap, canvas, offset, drawn) {\n${LAYOUT.replaceAll('box', 'tray')}  return y + limit;\n}\n`,
      'office/trays/right.js': `export function right(boxes, limit, gap, canvas, offset, drawn) {\n  canvas.begin(drawn);\n${LAYOUT.replaceAll('box', 'tray')}  return x;\n}\n`,
    }),
    [
      ['  return y + limit;', '  return y;', 'fix the height'],
      ['  canvas.begin(drawn);', '  canvas.begin();', 'fix the canvas'],
    ],
  ),
  copies(false, 'tests say what they need each time', {
    'office/handlers/tests/create.test.js': `it('creates', async () => {\n${VALIDATE}});\n`,
    'office/handlers/tests/update.test.js': `it('updates', async () => {\n${VALIDATE}});\n`,
  }),
  copies(false, 'licences and imports', {
    'office/parts/first.ts': `${LICENCE}${IMPORTS}export const first = part1(part2);\n`,
    'office/parts/second.ts': `${LICENCE}${IMPORTS}export const second = part3(part4);\n`,
  }),
  copies(false, 'tables of data', {
    'office/themes/light.js': `export const light = {\n${COLOURS}};\n`,
    'office/themes/print.js': `export const print = {\n${COLOURS}};\n`,
  }),
  copies(false, 'what two types have in common', {
    'office/types/person.ts': `export interface Person {\n${TYPES}}\n`,
    'office/types/company.ts': `export interface Company {\n${TYPES}}\n`,
  }),
  copies(false, 'made by a generator', {
    'office/api/person-client.js': `// Code generated by api-maker. DO NOT EDIT.\nexport async function one(body) {\n${VALIDATE}}\n`,
    'office/api/company-client.js': `// Code generated by api-maker. DO NOT EDIT.\nexport async function two(body) {\n${VALIDATE}}\n`,
  }),
  copies(false, "other people's code", {
    'third_party/layout/rows.js': `export function rows(boxes) {\n${LAYOUT}}\n`,
    'third_party/layout/columns.js': `export function columns(boxes) {\n${LAYOUT}}\n`,
  }),
  copies(false, 'one module for both kinds of modules', {
    'office/twins/read.mts': `export function read(boxes: Boxes) {\n${LAYOUT.replaceAll('box', 'item')}}\n`,
    'office/twins/read.cts': `export function read(boxes: Boxes) {\n${LAYOUT.replaceAll('box', 'item')}}\n`,
  }),
  copies(false, 'the same steps with other names', {
    'office/orders/create-order.js': `export async function createOrder(order, { request, response, store, clock, trace, countries }) {\n${renamed(VALIDATE)}  return saved;\n}\n`,
  }),
  copies(false, 'names of states, one below the other', {
    'office/states/next.js': `export function next(state) {\n  switch (state) {\n${CASES}      return go(state);\n    default:\n      return state;\n  }\n}\n`,
    'office/states/last.js': `export function last(state) {\n  switch (state) {\n${CASES}      return stop(state);\n    default:\n      return null;\n  }\n}\n`,
  }),
  copies(false, 'samples that stand on their own', {
    'examples/office/first.go': `package main\n\nfunc first() error {\n${GO_RETRY}\treturn last\n}\n`,
    'examples/office/second.go': `package main\n\nfunc second() error {\n${GO_RETRY}\treturn last\n}\n`,
  }),
  copies(false, 'code that is kept and not used', {
    'office/legacy/columns.js': `export function columns(boxes, canvas) {\n${LAYOUT.replaceAll('box', 'part')}}\n`,
    'office/legacy/rows.js': `export function rows(boxes, canvas) {\n${LAYOUT.replaceAll('box', 'part')}}\n`,
  }),
  copies(false, 'one function for each primitive type', {
    'office/numbers/Shifts.java': `package office.numbers;\n\nclass Shifts {\n${['int', 'long', 'double']
      .map(
        (type) =>
          `    static void shift(final ${type}[] given, OutputStream target) throws IOException {\n${PRIMITIVE}    }\n`,
      )
      .join('\n')}}\n`,
  }),
  copies(false, 'steps of a database, each kept as it was', {
    'office/migrations/001-persons.js': `export async function up(boxes) {\n${LAYOUT.replaceAll('box', 'table')}}\n`,
    'office/migrations/002-companies.js': `export async function up(boxes) {\n${LAYOUT.replaceAll('box', 'table')}}\n`,
  }),
  copies(false, 'one client for each version of a server', {
    'office/lexware/ClientV2/Sync.js': `export function sync(boxes, canvas) {\n${LAYOUT.replaceAll('box', 'ledger')}}\n`,
    'office/lexware/ClientV3/Sync.js': `export function syncAll(boxes, canvas) {\n${LAYOUT.replaceAll('box', 'ledger')}}\n`,
  }),
  copies(false, 'one of them is given up', {
    'office/parcels/new-parcels.js': `export function parcels(boxes, canvas) {\n${LAYOUT.replaceAll('box', 'parcel')}}\n`,
    'office/parcels/parcels.js': `/**\n * @deprecated Use new-parcels.\n */\nexport class Parcels {\n  draw(boxes, canvas) {\n${LAYOUT.replaceAll('box', 'parcel')}  }\n}\n`,
  }),
  copies(false, 'measurements beside each other', {
    'office/engine/benches/fast.js': `export function fast(boxes, canvas) {\n${LAYOUT.replaceAll('box', 'bench')}}\n`,
    'office/engine/benches/slow.js': `export function slow(boxes, canvas) {\n${LAYOUT.replaceAll('box', 'bench')}}\n`,
  }),
];

/** Code that was copied, and what only looks like it. */
export const DUPLICATION_PLANTS: readonly Plant[] = [...REAL, ...TEMPTING];
