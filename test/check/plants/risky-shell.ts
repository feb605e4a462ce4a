import { oneFilePlants } from './one-file.ts';
import type { Plant } from './plant.ts';

/** Values in commands for the shell. */
export const RISKY_SHELL_PLANTS: readonly Plant[] = [
  ...oneFilePlants(
    'shell-string',
    [
      [
        'media/convert/thumbnail.ts',
        'a name of a file that was sent',
        `import { exec } from 'node:child_process';

import type { Request, Response } from 'express';

export function thumbnail(req: Request, res: Response): void {
  const { name } = req.body;
  exec(\`convert uploads/\${name} -resize 200x200 thumbs/\${name}\`, () => res.sendStatus(204));
}
`,
      ],
      [
        'media/convert/archive.js',
        'a name after plus',
        `const { execSync } = require('child_process');

exports.archive = (req, res) => {
  execSync('tar czf /tmp/archive.tgz ' + req.query.folder);
  res.download('/tmp/archive.tgz');
};
`,
      ],
      [
        'media/convert/branches.js',
        'kept in a variable first',
        `import { execSync } from 'node:child_process';

export async function log(ctx) {
  const branch = ctx.query.branch ?? 'main';
  const command = \`git log --oneline \${branch}\`;
  return execSync(command, { encoding: 'utf8' }).split('\\n');
}
`,
      ],
      [
        'media/convert/promised.mjs',
        'as a promise',
        `import { exec } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(exec);

export async function duration(request, reply) {
  const video = decodeURIComponent(request.params.video);
  const { stdout } = await run(\`ffprobe -show_entries format=duration "\${video}"\`);
  reply.send(stdout);
}
`,
      ],
      [
        'media/convert/convert.py',
        'a name in a command',
        `import os

from flask import request


def to_png():
    name = request.form["name"]
    os.system(f"convert {name} {name}.png")
    return "", 204
`,
      ],
      [
        'media/convert/ping.go',
        'a host in a command',
        `package convert

import (
	"net/http"
	"os/exec"
)

func Ping(w http.ResponseWriter, r *http.Request) {
	host := r.URL.Query().Get("host")
	out, _ := exec.Command("sh", "-c", "ping -c 1 "+host).Output()
	w.Write(out)
}
`,
      ],
      [
        'media/convert/backup.rb',
        'a name in a command',
        `class BackupsController < ApplicationController
  def create
    database = params[:database]
    system("pg_dump #{database} | gzip > /backups/#{database}.gz")
    head :created
  end
end
`,
      ],
      [
        'media/convert/whois.php',
        'a name of the request in a command',
        `<?php
$domain = $_POST['domain'];
echo '<pre>' . htmlspecialchars(shell_exec("whois $domain")) . '</pre>';
`,
      ],
    ],
    [
      [
        'media/play/branches.js',
        'what its callers give, who are the project itself',
        `import { execSync } from 'node:child_process';

export const log = (branch) => execSync(\`git log --oneline \${branch}\`, { encoding: 'utf8' });
`,
      ],
      [
        'media/play/checked.js',
        'one of a known list',
        `import { exec } from 'node:child_process';

const FORMATS = new Set(['png', 'jpg']);
export function convert(req, res) {
  const { format } = req.query;
  if (!FORMATS.has(format)) return res.sendStatus(400);
  return exec(\`convert cover.svg cover.\${format}\`, () => res.sendStatus(204));
}
`,
      ],
      [
        'media/play/sizes.py',
        'a folder of the settings',
        `import subprocess


def sizes(folder):
    return subprocess.check_output("du -s " + folder, shell=True)
`,
      ],
      [
        'media/play/arguments.ts',
        'a list of arguments, no shell',
        `import { execFile, spawn } from 'node:child_process';

export const play = (file: string): void => void spawn('mpv', ['--', file]);
export const probe = (file: string): void => void execFile('ffprobe', [\`file:\${file}\`]);
`,
      ],
      [
        'media/play/fixed.js',
        'fixed commands',
        `import { execSync } from 'node:child_process';

const REMOTE = 'origin';
export const head = () => execSync('git rev-parse HEAD', { encoding: 'utf8' }).trim();
export const fetchAll = () => execSync(\`git fetch \${REMOTE} --tags\`);
`,
      ],
      [
        'media/play/patterns.js',
        'exec of patterns and of databases',
        `export function titleOf(text, level) {
  const pattern = new RegExp(\`^#{\${level}} (.*)$\`, 'm');
  return pattern.exec(\`\${text}\\n\`)?.[1];
}
`,
      ],
      [
        'media/play/quoted.js',
        'quoted for the shell',
        `import { exec } from 'node:child_process';
import { quote } from 'shell-quote';

export const open = (file) => exec(\`open \${quote([file])}\`);
`,
      ],
      [
        'media/play/play.py',
        'lists of arguments',
        `import os
import subprocess


def play(name):
    os.system("clear")
    subprocess.run(["mpv", "--", name], check=True)
`,
      ],
      [
        'media/play/play.test.js',
        'a test prepares its folder',
        `import { execSync } from 'node:child_process';

beforeEach(() => {
  const folder = makeFolder();
  execSync(\`git init \${folder}\`);
});
`,
      ],
      [
        'fixtures/media/run.js',
        'data of a test',
        `const { execSync } = require('child_process');
execSync('ls ' + process.argv[2]);
`,
      ],
      [
        'media/deprecated/burn.js',
        'in code that is kept and not used',
        `const { exec } = require('child_process');

exports.burn = (req, res) => exec('burn ' + req.query.folder, () => res.sendStatus(204));
`,
      ],
    ],
  ),
];
