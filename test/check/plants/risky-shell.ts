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

export function thumbnail(upload: { name: string }, done: (error: Error | null) => void): void {
  exec(\`convert uploads/\${upload.name} -resize 200x200 thumbs/\${upload.name}\`, done);
}
`,
      ],
      [
        'media/convert/archive.js',
        'a name after plus',
        `const { execSync } = require('child_process');

exports.archive = (folder) => execSync('tar czf /tmp/archive.tgz ' + folder);
`,
      ],
      [
        'media/convert/branches.js',
        'kept in a variable first',
        `import { execSync } from 'node:child_process';

export function log(branch) {
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

export async function duration(video) {
  const { stdout } = await run(\`ffprobe -show_entries format=duration "\${video}"\`);
  return Number.parseFloat(stdout);
}
`,
      ],
      [
        'media/convert/convert.py',
        'a name in a command',
        `import os
import subprocess


def to_png(name):
    os.system(f"convert {name} {name}.png")


def sizes(folder):
    return subprocess.check_output("du -s " + folder, shell=True)
`,
      ],
      [
        'media/convert/ping.go',
        'a host in a command',
        `package convert

import "os/exec"

func Ping(host string) ([]byte, error) {
	return exec.Command("sh", "-c", "ping -c 1 "+host).Output()
}
`,
      ],
      [
        'media/convert/backup.rb',
        'a name in a command',
        `class Backup
  def run(database)
    system("pg_dump #{database} | gzip > /backups/#{database}.gz")
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

exports.burn = (folder) => exec('burn ' + folder);
`,
      ],
    ],
  ),
];
