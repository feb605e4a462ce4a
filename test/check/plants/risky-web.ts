import { oneFilePlants } from './one-file.ts';
import type { Plant } from './plant.ts';

/** HTML from values, texts run as code. */
export const RISKY_WEB_PLANTS: readonly Plant[] = [
  ...oneFilePlants(
    'html-from-variable',
    [
      [
        'shop/client/search-box.ts',
        'what was searched for is shown as HTML',
        `export function showTerm(box: HTMLElement, found: number): void {
  const term = new URLSearchParams(location.search).get('q') ?? '';
  box.innerHTML = '<b>' + found + '</b> results for ' + term;
}
`,
      ],
      [
        'shop/client/messages.js',
        'what any other window sends becomes a row of a list',
        `const list = document.querySelector('#messages');

window.addEventListener('message', (event) => {
  list.insertAdjacentHTML('beforeend', \`<li><b>\${event.data.author}</b>: \${event.data.text}</li>\`);
});
`,
      ],
      [
        'shop/client/Comment.tsx',
        'the mark in the address, as it came',
        `export function Comment({ at }: { at: string }) {
  const mark = decodeURIComponent(location.hash.slice(1));
  return (
    <article>
      <time>{at}</time>
      <div dangerouslySetInnerHTML={{ __html: mark }} />
    </article>
  );
}
`,
      ],
      [
        'shop/client/print.js',
        'the page one comes from, written into this one',
        `export function print() {
  const from = document.referrer;
  document.write('<a href="' + from + '">Back</a>');
  window.print();
}
`,
      ],
      [
        'shop/web/profile.py',
        'a name between tags, declared safe',
        `from flask import request
from markupsafe import Markup


def badge(user):
    colour = request.args.get("colour", "grey")
    return Markup(f"<span class='{colour}'>Member</span>")
`,
      ],
      [
        'shop/web/search.php',
        'what was asked for is echoed',
        `<?php
require 'header.php';
echo "<p>Results for " . $_GET['q'] . "</p>";
foreach (find($_GET['q']) as $row) {
    render_row($row);
}
`,
      ],
      [
        'shop/client/Review.vue',
        'a part of the address, as it came',
        `<template>
  <article>
    <h2>Reviews</h2>
    <div class="text" v-html="term"></div>
  </article>
</template>
<script setup>
const route = useRoute();
const term = computed(() => route.query.term);
</script>
`,
      ],
    ],
    [
      [
        'shop/client/rows.js',
        'names that the program itself knows',
        `export function addRow(list, row) {
  list.insertAdjacentHTML('beforeend', \`<li><b>\${row.title}</b>: \${row.price}</li>\`);
}
`,
      ],
      [
        'shop/client/Post.tsx',
        'a page that its authors wrote',
        `export function Post({ post }: { post: { html: string } }) {
  return <article dangerouslySetInnerHTML={{ __html: post.html }} />;
}
`,
      ],
      [
        'shop/client/icons.js',
        'a fixed picture',
        `const ARROW = '<svg viewBox="0 0 8 8"><path d="M0 0l8 4-8 4z"/></svg>';
export function addArrow(button) {
  button.innerHTML = ARROW;
}
`,
      ],
      [
        'shop/client/clear.js',
        'emptied',
        `export function clear(list) {
  list.innerHTML = '';
  return list;
}
`,
      ],
      [
        'shop/client/article.ts',
        'cleaned first',
        `import DOMPurify from 'dompurify';

export function showArticle(box: HTMLElement, html: string): void {
  box.innerHTML = DOMPurify.sanitize(html, { USE_PROFILES: { html: true } });
}
`,
      ],
      [
        'shop/client/name.js',
        'escaped first',
        `const escapeHtml = (text) => text.replace(/[&<>"']/g, (sign) => '&#' + sign.charCodeAt(0) + ';');

export function showName(box, user) {
  box.innerHTML = \`<b>\${escapeHtml(user.name)}</b>\`;
}
`,
      ],
      [
        'shop/client/parse-html.ts',
        'a template is never shown',
        `export function fragmentOf(html: string): DocumentFragment {
  const template = document.createElement('template');
  template.innerHTML = html;
  return template.content;
}
`,
      ],
      [
        'shop/client/__tests__/search-box.test.ts',
        'the page of a test',
        `import { showTerm } from '../search-box';

it('shows the term', () => {
  const html = '<div id="box"></div>';
  document.body.innerHTML = html;
  showTerm(document.querySelector('#box')!, 2);
});
`,
      ],
      [
        'docs/examples/shop/hello.js',
        'an example',
        `const name = prompt('Who are you?');
document.querySelector('#hello').innerHTML = 'Hello ' + name;
`,
      ],
      [
        'shop/web/notes.py',
        'in a comment and in a text',
        `"""Never write Markup(f"<b>{name}</b>"): see the guide."""
from markupsafe import Markup, escape

# return Markup(f"<b>{name}</b>")
def bold(name):
    return Markup("<b>{}</b>").format(name)
`,
      ],
      [
        'shop/legacy/list.js',
        'in code that is kept and not used',
        `export function addTerm(list) {
  list.insertAdjacentHTML('beforeend', \`<li>\${decodeURIComponent(location.hash)}</li>\`);
}
`,
      ],
    ],
  ),
  ...oneFilePlants(
    'eval-of-variable',
    [
      [
        'shop/rules/calculate.js',
        'a formula that users write',
        `export function calculate(req, res) {
  const { formula, x } = req.body;
  res.json({ x, y: eval(formula) });
}
`,
      ],
      [
        'shop/rules/filter.ts',
        'a condition in the address of the page',
        `export function filterOfPage(): (row: unknown) => boolean {
  const condition = new URLSearchParams(location.search).get('filter') ?? 'true';
  return new Function('row', \`return \${condition};\`) as (row: unknown) => boolean;
}
`,
      ],
      [
        'shop/rules/load-plugin.cjs',
        'a file from elsewhere in a context that keeps nothing in',
        `const vm = require('node:vm');

async function loadPlugin(url) {
  const answer = await fetch(url);
  const code = await answer.text();
  return vm.runInNewContext(code, { console });
}
module.exports = { loadPlugin };
`,
      ],
      [
        'shop/rules/answer.js',
        'an answer of a server, read as code',
        `export async function load(url) {
  const text = await (await fetch(url)).text();
  return eval('(' + text + ')');
}
`,
      ],
      [
        'shop/rules/discount.py',
        'an expression of the request',
        `def discount(request, order):
    names = {"total": order.total, "count": len(order.lines)}
    expression = request.POST["expression"]
    return eval(expression, {}, names)
`,
      ],
      [
        'shop/rules/hook.rb',
        'a hook of the request',
        `class HooksController < ApplicationController
  def run
    code = params[:code]
    eval(code)
    head :ok
  end
end
`,
      ],
      [
        'shop/rules/formula.php',
        'a formula that users write',
        `<?php
function formula($x) {
    $formula = $_POST['formula'];
    eval('$result = ' . $formula . ';');
    return $result;
}
`,
      ],
    ],
    [
      [
        'shop/prices/compile.js',
        'a template that is compiled, as its users want it',
        `export function compile(template) {
  const body = 'return \`' + template.source + '\`;';
  return new Function('data', body);
}
`,
      ],
      [
        'shop/prices/condition.py',
        'a condition of the configuration',
        `def is_cheap(rule, order):
    return eval(rule.expression, {}, {"total": order.total})
`,
      ],
      [
        'shop/prices/require.js',
        'a fixed text, hidden from the bundler',
        `const nodeRequire = eval('require');
const load = new Function('name', 'return import(name)');

export const read = (name) => load(name) ?? nodeRequire(name);
`,
      ],
      [
        'shop/prices/evaluate.js',
        'functions with such a name',
        `import { evaluate } from './parser.js';

export const price = (formula) => evaluate(formula, { mode: 'eval' });
export const match = (pattern, text) => pattern.exec(text);
`,
      ],
      [
        'shop/prices/parser.js',
        'only spoken of',
        `// Do not use eval(formula) here: formulas come from users.
export function evaluate(formula, { mode }) {
  if (mode !== 'eval') throw new Error('new Function(formula) was removed');
  return Number(formula);
}
`,
      ],
      [
        'shop/prices/model.py',
        'a method, and data that is read',
        `import ast


def predict(model, text):
    model.eval()
    return model(ast.literal_eval(text))
`,
      ],
      [
        'shop/prices/prices.spec.js',
        'a test of the sandbox',
        `import { price } from './evaluate.js';

it('does as the language does', () => {
  const formula = '1 + 2 * 3';
  expect(price(formula)).toBe(eval(formula));
});
`,
      ],
      [
        'shop/prices/dist/prices.min.js',
        'made by a build',
        `var p=function(f){return eval(f)};export{p as price};
`,
      ],
      [
        'shop/prices/pretty.js',
        'copied from elsewhere, which mends its own faults',
        `/* Adapted from https://example.org/pretty v2.1, MIT licence. */
export async function pretty(url) {
  const text = await (await fetch(url)).text();
  return JSON.stringify(eval('(' + text + ')'), null, 2);
}
`,
      ],
    ],
  ),
];
