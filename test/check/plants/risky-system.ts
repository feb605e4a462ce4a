import { oneFilePlants } from './one-file.ts';
import type { Plant } from './plant.ts';

/** Unchecked connections, weak hashes. */
export const RISKY_SYSTEM_PLANTS: readonly Plant[] = [
  ...oneFilePlants(
    'tls-check-off',
    [
      [
        'media/upload/client.ts',
        'for every connection',
        `import { Agent } from 'node:https';

export const agent: Agent = new Agent({ keepAlive: true, rejectUnauthorized: false });
`,
      ],
      [
        'media/upload/start.js',
        'for the whole process',
        `process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';

export async function start(upload) {
  await upload.listen(8443);
}
`,
      ],
      [
        'media/upload/send.py',
        'for one request',
        `import requests


def send(path, url):
    with open(path, "rb") as body:
        return requests.post(url, data=body, timeout=30, verify=False)
`,
      ],
      [
        'media/upload/client.go',
        'in the settings of the client',
        `package upload

import (
	"crypto/tls"
	"net/http"
)

func client() *http.Client {
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
	return &http.Client{Transport: transport}
}
`,
      ],
      [
        'media/upload/fetch.rb',
        'for one connection',
        `require 'net/http'

def fetch(uri)
  http = Net::HTTP.new(uri.host, uri.port)
  http.use_ssl = true
  http.verify_mode = OpenSSL::SSL::VERIFY_NONE
  http.get(uri.path)
end
`,
      ],
      [
        'media/upload/download.php',
        'of a download',
        `<?php
function download($url) {
    $curl = curl_init($url);
    curl_setopt($curl, CURLOPT_SSL_VERIFYPEER, false);
    curl_setopt($curl, CURLOPT_RETURNTRANSFER, true);
    return curl_exec($curl);
}
`,
      ],
      [
        'media/upload/UploadClient.cs',
        'every certificate is welcome',
        `class UploadClient
{
    HttpClient Create()
    {
        var handler = new HttpClientHandler();
        handler.ServerCertificateCustomValidationCallback = (message, certificate, chain, errors) => true;
        return new HttpClient(handler);
    }
}
`,
      ],
    ],
    [
      [
        'media/list/probe.js',
        'asks its own server whether it is well',
        `import { request } from 'node:https';

export const probe = (port, done) =>
  request({ host: '127.0.0.1', port, path: '/health', rejectUnauthorized: false }, done).end();
`,
      ],
      [
        'media/list/printer.ts',
        'with the reason beside it',
        `import { Agent } from 'node:https';

// Printers make their certificates themselves.
export const agent: Agent = new Agent({ rejectUnauthorized: false });
`,
      ],
      [
        'media/list/client.ts',
        'left on',
        `import { Agent } from 'node:https';

export const agent: Agent = new Agent({ keepAlive: true, rejectUnauthorized: true });
`,
      ],
      [
        'media/list/option.ts',
        'a wish of whoever starts it',
        `export const optionsOf = (settings: { insecure: boolean }): object => ({
  rejectUnauthorized: !settings.insecure,
});
`,
      ],
      [
        'media/list/check.js',
        'asked for, not set',
        `export function warn(env, log) {
  if (env.NODE_TLS_REJECT_UNAUTHORIZED === '0') log.warn('Certificates are not checked.');
}
`,
      ],
      [
        'media/list/fetch.py',
        'a parameter with a good default',
        `import requests

# Never requests.get(url, verify=False).
def fetch(url, verify=True):
    return requests.get(url, timeout=30, verify=verify)
`,
      ],
      [
        'media/list/client_test.go',
        'a server of the test has a certificate of its own',
        `package list

import "crypto/tls"

var config = &tls.Config{InsecureSkipVerify: true}
`,
      ],
      [
        'media/list/__tests__/server.test.ts',
        'a server of the test has a certificate of its own',
        `import { request } from 'node:https';

it('answers', () => {
  request({ host: 'localhost', rejectUnauthorized: false }).end();
});
`,
      ],
      [
        'media/list/backup/client.js',
        'in code that is kept and not used',
        `import { Agent } from 'node:https';

export const agent = new Agent({ rejectUnauthorized: false });
`,
      ],
    ],
  ),
  ...oneFilePlants(
    'weak-password-hash',
    [
      [
        'accounts/login/check-password.ts',
        'MD5 of a password',
        `import { createHash } from 'node:crypto';

export function isRight(user: { passwordHash: string }, password: string): boolean {
  return user.passwordHash === createHash('md5').update(password).digest('hex');
}
`,
      ],
      [
        'accounts/login/register.js',
        'SHA-1 with salt',
        `const crypto = require('crypto');

exports.register = (store, name, password) => {
  const salt = crypto.randomBytes(8).toString('hex');
  const hash = crypto.createHash('sha1').update(salt + password).digest('hex');
  return store.add({ name, salt, hash });
};
`,
      ],
      [
        'accounts/login/reset.js',
        'a token to reset, guessed with ease',
        `import { createHash } from 'node:crypto';

export function resetLink(user) {
  const resetToken = createHash('md5').update(user.mail + Date.now()).digest('hex');
  return \`https://accounts.example.org/reset/\${resetToken}\`;
}
`,
      ],
      [
        'accounts/login/users.py',
        'MD5 of a password',
        `import hashlib


def store(user, password):
    user.password = hashlib.md5(password.encode("utf-8")).hexdigest()
    user.save()
`,
      ],
      [
        'accounts/login/users.php',
        'SHA-1 of a password',
        `<?php
function login($db, $name, $password) {
    $stmt = $db->prepare('SELECT id FROM users WHERE name = ? AND hash = ?');
    $stmt->execute([$name, sha1($password)]);
    return $stmt->fetch();
}
`,
      ],
      [
        'accounts/login/Passwords.java',
        'MD5 of a password',
        `package accounts.login;

class Passwords {
    static byte[] hash(String password) throws Exception {
        return MessageDigest.getInstance("MD5").digest(password.getBytes("UTF-8"));
    }
}
`,
      ],
      [
        'accounts/login/passwords.go',
        'SHA-1 of a password',
        `package login

import "crypto/sha1"

func hashOf(password string) [20]byte {
	return sha1.Sum([]byte(password))
}
`,
      ],
    ],
    [
      [
        'accounts/avatars/token.go',
        'a long random token, which nobody can guess from its hash',
        `package avatars

import "crypto/sha1"

func key(accessToken string) [20]byte {
	return sha1.Sum([]byte(accessToken))
}
`,
      ],
      [
        'accounts/avatars/scramble.js',
        'the server asks for that hash',
        `import { createHash } from 'node:crypto';

// The handshake of the protocol: the server sends a salt.
export const scramble = (password, salt) => createHash('sha1').update(salt + password).digest();
`,
      ],
      [
        'accounts/avatars/etag.ts',
        'the mark of a file',
        `import { createHash } from 'node:crypto';

export const etagOf = (content: Buffer): string => createHash('md5').update(content).digest('hex');
`,
      ],
      [
        'accounts/avatars/gravatar.js',
        'what a service asks for',
        `import { createHash } from 'node:crypto';

export function gravatar(mail) {
  const hash = createHash('md5').update(mail.trim().toLowerCase()).digest('hex');
  return \`https://www.gravatar.com/avatar/\${hash}\`;
}
`,
      ],
      [
        'accounts/avatars/secure.ts',
        'a slow hash',
        `import { scryptSync } from 'node:crypto';

export const hashOf = (password: string, salt: Buffer): Buffer => scryptSync(password, salt, 64);
`,
      ],
      [
        'accounts/avatars/sha256.js',
        'a strong hash of a long random token',
        `import { createHash } from 'node:crypto';

export const fingerprint = (token) => createHash('sha256').update(token).digest('base64url');
`,
      ],
      [
        'accounts/avatars/cache.py',
        'the key of a cache',
        `import hashlib


def cache_key(url):
    return hashlib.md5(url.encode(), usedforsecurity=False).hexdigest()
`,
      ],
      [
        'accounts/avatars/migrate.md',
        'spoken of',
        "Old accounts had `createHash('md5').update(password)`; they are hashed anew at the next login.\n",
      ],
      [
        'accounts/avatars/tests/test_users.py',
        'data of a test',
        `import hashlib


def test_old_password():
    password = hashlib.md5(b"password").hexdigest()
    assert len(password) == 32
`,
      ],
      [
        'accounts/avatars/archive/users.js',
        'in code that is kept and not used',
        `import { createHash } from 'node:crypto';

export const hashOf = (password) => createHash('md5').update(password).digest('hex');
`,
      ],
    ],
  ),
];
