import { tokenWithChecksum } from '../support/plants.ts';
import { plantOf } from './lock-files.ts';
import type { Plant } from './plant.ts';

const secret = (isTrue: boolean, file: string, why: string, text: string): Plant =>
  plantOf('secret', isTrue, { file, why, files: { [file]: text } });

/** Put together here, so that no scanner takes this file for a leak. */
const key = (...parts: readonly string[]): string => parts.join('');

const AWS = key('AKIA', 'Q3EGRZ5X', 'T2MJ7VWK');
const SLACK = key('xoxb-', '417283904611-', '5528190047712-', 'Zk3vQ9mRt7LcXw2BnH8sYpDe');
const STRIPE = key('sk_', 'live_', '9fKq2LzT7vXwB4nRc8MdJ3sH');
const GITLAB = key('glpat-', 'q7Zt2LmX9', 'vKc4RbN8sWd');
const SENDGRID = key('SG.', 'q7Zt2LmX9vKc4RbN8sWdH3', '.', 'jYpE6uAoT5xGiF1wq7Zt2LmX9vKc4RbN8sWdH3jYpE6');
const AZURITE = key('Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6', 'IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==');
const DRAWN = key('q7Zt2LmX', '9vKc4RbN', '8sWd');
const BODY = Array.from({ length: 24 }, (_, index) =>
  `${'MIIEowIBAAKCAQEAz3VbYt81'.slice(index % 7)}Rk${index}q7Zt2LmX9vKc4RbN8sWdH3jYpE6uAoT5xGiF1w`.slice(0, 64),
).join('\n');
const PEM = key('-----BEGIN RSA ', `PRIVATE KEY-----\n${BODY}\n-----END RSA `, 'PRIVATE KEY-----\n');
const GITHUB = tokenWithChecksum('ghp', 'q7Zt2LmX9vKc4RbN8sWdH3jYpE6uAo');

/** Keys that open something, and texts that only look like them. */
export const SECRET_PLANTS: readonly Plant[] = [
  secret(
    true,
    'infra/upload.py',
    'a key of a cloud in a program',
    `import boto3\n\nclient = boto3.client("s3", aws_access_key_id="${AWS}")\n`,
  ),
  secret(true, 'app/alerts.rb', 'a token of a chat', `SLACK = Slack::Client.new(token: "${SLACK}")\n`),
  secret(true, 'app/payments.php', 'a live key for payments', `<?php\n$stripe = new StripeClient('${STRIPE}');\n`),
  secret(
    true,
    'deploy/mirror.sh',
    'a token of a forge',
    `git clone https://oauth2:${GITLAB}@gitlab.com/shop/shop.git\n`,
  ),
  secret(
    true,
    'appveyor.yml',
    'a key to a service in the settings of a build',
    `environment:\n  SAUCE_ACCESS_KEY: ${DRAWN}\nbuild: off\n`,
  ),
  secret(false, '.drone.yml', 'drawn for the tests of a build', `environment:\n  TEST_API_KEY: ${DRAWN}\n`),
  secret(true, 'app/newsletter.js', 'a key that sends mail', `mail.setApiKey('${SENDGRID}');\n`),
  secret(true, 'tests/github.test.js', 'in a test, but its checksum holds', `const token = '${GITHUB}';\n`),
  secret(
    false,
    'src/firebase.ts',
    'browsers are meant to see it',
    `export const app = initializeApp({ apiKey: '${key('AIza', 'SyD-9tSrke72PouQMnMX-a7eZSW0jkFMBWY')}', authDomain: 'shop.firebaseapp.com' });\n`,
  ),
  secret(
    false,
    'infra/readme-keys.py',
    'the key that every page about it shows',
    `KEY = "${key('AKIA', 'IOSFODNN7', 'EXAMPLE')}"\n`,
  ),
  secret(false, 'tests/login.test.js', 'made up for a test', `const password = '${DRAWN}';\n`),
  secret(false, 'docs/setup.md', 'a sample on a page', `Set \`apiKey = "${DRAWN}"\` first.\n`),
  secret(false, '.env.example', 'an example to copy', `SESSION_SECRET=${DRAWN}\n`),
  secret(
    false,
    'src/settings.ts',
    'taken from the environment',
    "export const secretKey = process.env.SECRET_KEY ?? '';\nexport const passwordField = 'user[password_confirmation]';\n",
  ),
  secret(
    false,
    'src/ids.ts',
    'an id and the hash of a file',
    "export const secretId = '3f2504e0-4f89-41d3-9a0c-0305e82c3301';\nexport const checksum = '9b74c9897bac770ffc029102a200c5de1f6c2b8e';\n",
  ),
  secret(
    false,
    'src/connect.ts',
    'filled in when it runs',
    'export const url = (user: string, password: string): string => `postgres://${user}:${password}@db.example.org/shop`;\n',
  ),
  secret(
    false,
    'deploy/storage.yml',
    'the key that an emulator has for everybody',
    `storage: "AccountName=devstoreaccount1;AccountKey=${AZURITE};BlobEndpoint=http://azurite:10000/"\n`,
  ),
  secret(false, 't/unit/keys.py', 'the key of a test, in another folder for tests', `KEY = """${PEM}"""\n`),
  secret(
    false,
    'docker-compose.yml',
    'a server that only the machines of developers have',
    `services:\n  app:\n    environment:\n      URL: postgres://shop:${DRAWN}@db.shop-internal.net/shop\n`,
  ),
  secret(
    false,
    'tests/broken-token.test.js',
    'one sign off: nobody issued it',
    `const token = '${GITHUB.slice(0, -1)}${GITHUB.endsWith('0') ? '1' : '0'}';\n`,
  ),
];

/** Shaped like keys, in texts about code or for nobody knows what: the voters tell them apart, the detector does not. */
export const COMMENTED_PLANTS: readonly Plant[] = [
  secret(false, 'deploy/server.key', 'the key of a server, and nobody sees of which', PEM),
  secret(
    false,
    '.env.production',
    'settings, and nobody sees of which server',
    `NODE_ENV=production\nSESSION_SECRET=${DRAWN}\n`,
  ),
  secret(
    false,
    'config/database.yml',
    'a password, and nobody sees whether it opens anything',
    `production:\n  url: postgres://shop:${DRAWN.slice(4)}Tx3@db.shop-internal.net/shop\n`,
  ),
  secret(
    false,
    'src/mail/client.ts',
    'drawn at random, and nobody sees by whom',
    `export const mail = connect({ apiKey: '${key('7f3Kz9Q', 'mT2xWv8Rb', 'LcY4nDs6')}' });\n`,
  ),
  secret(
    false,
    'src/token-parser.js',
    'a sample in the text above a function',
    `/**\n * What requests get:\n *\n * \`\`\`js\n * {\n        accessToken: '${DRAWN}'\n * }\n * \`\`\`\n */\nexport const parse = (request) => request.token;\n`,
  ),
  secret(
    false,
    'src/tokens.py',
    'a sample in a text above',
    `def parse(text):\n    """Reads it.\n\n    token = "${DRAWN}"\n    """\n    return text\n`,
  ),
  secret(
    false,
    'web/config/secrets.yml',
    'what Rails signs with on the machines of those who work on it',
    `development:\n  secret_key_base: ${key('3b7cd727ee24e8444053437c', '36cc66c3f1d0a95e')}\n`,
  ),
  secret(
    false,
    'myapp/config/initializers/secret_token.rb',
    'an app to try the library in',
    `Myapp::Application.config.secret_token = '${key('bdd335500c81ba1f279f9dd8', '198d1f334445d0193168ed73')}'\n`,
  ),
];
