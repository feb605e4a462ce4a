import { kindsOf, type KindText } from './kind-text.ts';

/** Code that somebody else's values can turn against its users, tests that are switched off, a linter's complaints. */
export const DANGER_KINDS: readonly (readonly [string, KindText])[] = [
  ...kindsOf(
    'security',
    [
      'eval-of-variable',
      'Text run as code',
      'A text that is put together or comes from elsewhere is run as code.',
      'Whoever can choose a part of the text runs what they like, with the rights of the program.',
      'Look names up in an object, and read data with a parser.',
    ],
    [
      'shell-string',
      'Values in a shell command',
      'A command line for the shell is put together from values.',
      'A space, a quote or a semicolon in a value changes what is run.',
      'Start the program with a list of arguments and without a shell.',
    ],
    [
      'tls-check-off',
      'TLS certificates unchecked',
      'A connection does not check who is on the other side.',
      'Anybody on the way can read and change what is sent.',
      'Leave the check on, and name the authority of your own certificates.',
    ],
    [
      'weak-password-hash',
      'Weak hash of a secret',
      'A password or token is hashed with MD5 or SHA-1.',
      'These are so fast that whoever gets the hashes can guess the secrets behind them.',
      'Use scrypt, argon2 or bcrypt for passwords, and HMAC with SHA-256 for tokens.',
    ],
    [
      'html-from-variable',
      'HTML made from a value',
      'A value is put into a page as HTML, not as text.',
      'If somebody else can choose the value, their script runs in the browsers of your users.',
      'Set text, use a template that escapes, or clean the value with a sanitizer.',
    ],
    [
      'sql-by-concatenation',
      'Values in the text of a query',
      'An SQL query is put together from values.',
      'A quote in a value changes the query: it can read, change or drop what it likes.',
      'Give the values as parameters of the query.',
    ],
  ),
  ...kindsOf('tests', [
    'skipped-tests',
    'Skipped tests',
    'Tests are switched off, and nothing beside them says why.',
    'What they would catch goes unnoticed, and they rot until they can no longer be switched on.',
    'Mend or remove them, or write beside each why it waits.',
  ]),
  ...kindsOf('correctness', [
    'lint-complaint',
    'Complaint of the linter',
    'Oxlint is sure that the code does something else than it says.',
    'Such code works by luck, or not at all.',
    'Follow the advice of the rule.',
  ]),
];
