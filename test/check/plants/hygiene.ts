import { plantOf } from './lock-files.ts';
import type { Plant } from './plant.ts';

const plant = (
  kind: string,
  isTrue: boolean,
  file: string,
  [why, text, more = {}]: readonly [string, string, Plant['files']?],
): Plant => plantOf(kind, isTrue, { file, why, files: { [file]: text, ...more } });

const YAML = 'broken-yaml';

const yaml: readonly Plant[] = [
  plant(YAML, true, 'deploy/labels.yml', [
    'a key that stands twice in one map',
    'greeting: Hello\nfarewell: Bye\ngreeting: Good morning\n',
  ]),
  plant(YAML, true, 'deploy/compose.yml', [
    'a line that is not far enough in',
    'services:\n  web:\n    image: nginx\n   ports:\n    - "80:80"\n',
  ]),
  plant(YAML, true, 'config/app.yaml', [
    'a quote that is never closed',
    'name: "shop\nport: 8080\nhosts:\n  - a.example.org\n',
  ]),
  plant(YAML, true, 'config/routes.yaml', [
    'a colon in a plain text',
    'routes:\n  - path: /a\n    note: see also: /b\n',
  ]),
  plant(YAML, true, 'config/limits.yml', ['a tab as indentation', 'limits:\n\tcpu: 2\n\tmemory: 512\n']),
  plant(YAML, true, 'openapi/users.yaml', [
    'a key twice',
    'openapi: 3.0.0\npaths:\n  /users:\n    get:\n      summary: List\n    get:\n      summary: Find\n',
  ]),
  plant(YAML, true, 'config/flags.yml', ['a bracket that is never closed', 'flags: [beta, dark\nowner: team\n']),
  plant(YAML, false, 'config/many.yaml', ['several documents', 'kind: A\n---\nkind: B\n...\n---\nkind: C\n']),
  plant(YAML, false, 'config/anchors.yml', [
    'anchors, merges and blocks',
    'base: &base\n  retries: 3\n  note: |\n    a: b: c\nprod:\n  <<: *base\n  text: >-\n    folded\n    text\n',
  ]),
  plant(YAML, false, 'charts/shop/values-template.yaml', [
    'filled in by another program',
    'image: {{ .Values.image }}\n{{- if .Values.port }}\nport: {{ .Values.port }}\n{{- end }}\n',
  ]),
  plant(YAML, false, 'deploy/filled.yaml', [
    'filled in, whatever its name',
    'name: {{ name }}\n{% if port %}\nport: {{ port }}\n{% endif %}\n',
  ]),
  plant(YAML, false, 'infra/stack.yml', [
    'tags of a cloud',
    'Resources:\n  Bucket:\n    Type: AWS::S3::Bucket\n    Properties:\n      BucketName: !Sub "${AWS::StackName}-data"\n      Tags: !Ref Tags\n',
  ]),
  plant(YAML, false, 'config/inventory.yml.j2', ['a template by its name', 'hosts: {% for h in hosts %}\n']),
  plant(YAML, false, 'config/empty.yaml', ['comments alone', '# nothing yet\n']),
  plant(YAML, false, 'config/windows.yml', ['lines as Windows ends them', 'a: 1\r\nb:\r\n  - c\r\n']),
];

const SHEBANG = 'broken-shebang';
const script = (first: string, end = '\n'): string => ['#!/bin/sh', 'set -eu', first, ''].join(end);

const shebangs: readonly Plant[] = [
  plant(SHEBANG, true, 'bin/start.sh', ['saved on Windows', script('exec node server.js', '\r\n')]),
  plant(SHEBANG, true, 'bin/backup', ['the same without an ending', script('pg_dump shop > shop.sql', '\r\n')]),
  plant(SHEBANG, true, 'tools/report.py', ['Python by env', '#!/usr/bin/env python3\r\nprint("report")\r\n']),
  plant(SHEBANG, true, 'tools/rotate.sh', ['a byte order mark before it', `\uFEFF${script('logrotate app')}`]),
  plant(SHEBANG, true, 'tools/import.rb', ['Ruby', '#!/usr/bin/env ruby\r\nputs 1\r\n']),
  plant(SHEBANG, true, 'tools/clean.pl', ['Perl with a switch', '#!/usr/bin/perl -w\r\nprint 1;\r\n']),
  plant(SHEBANG, false, 'bin/stop.sh', ['line feeds alone', script('kill "$1"')]),
  plant(SHEBANG, false, 'bin/run.cmd', ['a script for Windows', '@echo off\r\nnode server.js\r\n']),
  plant(SHEBANG, false, 'tools/notes.py', [
    'Windows lines without a first line for the system',
    'import sys\r\nprint(sys.argv)\r\n',
  ]),
  plant(SHEBANG, false, 'tools/mixed.sh', [
    'a carriage return further down',
    '#!/bin/sh\nprintf "a\\r\\n"\necho b\r\n',
  ]),
  plant(SHEBANG, false, 'tools/writer.py', ['a text that speaks of it', 'HEAD = "#!/bin/sh\\r\\n"\n']),
  plant(SHEBANG, false, 'tools/attribute.rs', ['an attribute of Rust', '#![allow(dead_code)]\r\nfn main() {}\r\n']),
];

const CASE = 'case-collision';
const pair = (dir: string, first: string, second: string): Plant =>
  plant(CASE, true, `${dir}/${first}`, ['two names in two cases', 'a\n', { [`${dir}/${second}`]: 'b\n' }]);

const names: readonly Plant[] = [
  pair('names/a', 'Button.css', 'button.css'),
  pair('names/b', 'README', 'readme'),
  pair('names/c', 'Utils/format.sql', 'utils/format.sql'),
  pair('names/d', 'API.md', 'api.md'),
  pair('names/e', 'Makefile', 'makefile'),
  pair('names/f', 'Icon.svg', 'icon.SVG'),
  plant(CASE, false, 'names/g/Table.css', ['another ending', 'a\n', { 'names/g/table.less': 'b\n' }]),
  plant(CASE, false, 'names/h/List.css', ['in another folder', 'a\n', { 'names/i/list.css': 'b\n' }]),
  plant(CASE, false, 'names/j/a-b.css', ['another sign', 'a\n', { 'names/j/A_b.css': 'b\n' }]),
  plant(CASE, false, 'names/k/Menu.css', ['alone', 'a\n']),
  plant(CASE, false, 'tests/fixtures/Case.txt', ['what a test is about', 'a\n', { 'tests/fixtures/case.txt': 'b\n' }]),
  plant(CASE, false, 'names/l/grid.css', ['a part of the other name', 'a\n', { 'names/l/Grid.css.map': '{}\n' }]),
];

const CONFLICT = '<<<<<<< HEAD\nport = 1\n=======\nport = 2\n>>>>>>> feature/port\n';
const MARKER = 'merge-marker';

const markers: readonly Plant[] = [
  plant(MARKER, true, 'conf/service.ini', ['a setting', `[main]\n${CONFLICT}`]),
  plant(MARKER, true, 'conf/schema.sql', ['a table', `create table a (\n${CONFLICT});\n`]),
  plant(MARKER, true, 'app/models.py', ['code', `class A:\n    pass\n${CONFLICT}`]),
  plant(MARKER, true, 'app/view.html', [
    'a page, with the ancestor shown',
    '<p>\n<<<<<<< ours\na\n||||||| base\nb\n=======\nc\n>>>>>>> theirs\n</p>\n',
  ]),
  plant(MARKER, true, 'app/main.go', ['at the very top', `${CONFLICT}package main\n`]),
  plant(MARKER, true, 'app/windows.cs', ['lines as Windows ends them', CONFLICT.replaceAll('\n', '\r\n')]),
  plant(MARKER, false, 'app/heading.rb', [
    'a heading in a comment',
    'TEXT = <<~EOS\n  Title\n  =======\n  text\nEOS\n',
  ]),
  plant(MARKER, false, 'app/banner.py', ['a banner', '"""\n=======\nBanner\n=======\n"""\n']),
  plant(MARKER, false, 'app/parse_conflicts.py', [
    'code that looks for them',
    'START = "<<<<<<< "\nMID = "======="\nEND = ">>>>>>> "\n',
  ]),
  plant(MARKER, false, 'docs/merging.md', ['a page about them', `# Merging\n\n\`\`\`\n${CONFLICT}\`\`\`\n`]),
  plant(MARKER, false, 'app/shift.c', ['shifts', 'int a(int b) {\n  return b << 7;\n}\n']),
  plant(MARKER, false, 'app/half.txt', ['one of the three alone', '<<<<<<< start of message\n']),
];

const JSON_KIND = 'broken-json';

const json: readonly Plant[] = [
  plant(JSON_KIND, true, 'conf/users.json', ['a comma too many in between', '{ "a": 1,, "b": 2 }\n']),
  plant(JSON_KIND, true, 'conf/rights.json', ['single quotes', "{ 'admin': true }\n"]),
  plant(JSON_KIND, true, 'conf/cut.json', ['cut off', '{ "list": [1, 2, 3\n']),
  plant(JSON_KIND, true, 'conf/bare.json', ['a name without quotes', '{ name: "shop" }\n']),
  plant(JSON_KIND, true, 'conf/missing.json', ['a comma that is missing', '{\n  "a": 1\n  "b": 2\n}\n']),
  plant(JSON_KIND, true, 'conf/none.json', ['a value that is none', '{ "limit": NaN }\n']),
  plant(JSON_KIND, false, 'conf/commented.json', ['comments and a last comma', '{ // limits\n  "a": [1, 2,],\n}\n']),
  plant(JSON_KIND, false, 'tsconfig.build.json', [
    'read by a tool that allows comments',
    '{ /* strict */ "compilerOptions": {}, }\n',
  ]),
  plant(JSON_KIND, false, 'conf/mark.json', ['a byte order mark', '\uFEFF{ "a": 1 }\n']),
  plant(JSON_KIND, false, 'conf/lines.jsonl', ['one value in each line', '{"a":1}\n{"a":2}\n']),
  plant(JSON_KIND, false, 'tests/fixtures/broken.json', ['data of a test', '{ "a": }\n']),
  plant(JSON_KIND, false, 'conf/filled.json', [
    'filled in by another program',
    '{ "name": "{{ name }}", {{#if x}} "x": 1 {{/if}} }\n',
  ]),
];

export const HYGIENE_PLANTS: readonly Plant[] = [...yaml, ...shebangs, ...names, ...markers, ...json];
