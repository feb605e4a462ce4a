import type { CheckReport, PlannedChange } from '../../core/findings/check-report.ts';
import { countOf, listed } from '../format.ts';
import { cut } from '../visible.ts';
import { html, type Html, type Part } from './html.ts';
import { section, tag } from './parts.ts';

const MAX_TASKS = 60;
const SIZES: Readonly<Record<PlannedChange['size'], string>> = { S: 'small', M: 'medium', L: 'large' };

/** What to do, in the order to do it. */
export function planSection({ plan, findings }: CheckReport): Html | undefined {
  if (plan === null || plan.length === 0) return undefined;
  const titles = new Map(findings.map(({ id, title }) => [id, title]));
  const free = plan.filter(({ dependsOn }) => dependsOn.length === 0).length;
  const more = plan.length - MAX_TASKS;
  return section(
    'plan',
    'What to do',
    html`<p class="lead">
        ${countOf(plan.length, 'task')} from the confirmed findings, the most useful first. ${free} can begin at once;
        two that write the same file never run side by side.
      </p>
      <ol class="plan">
        ${plan.slice(0, MAX_TASKS).map((change) => task(change, titles))}
      </ol>
      ${more > 0 && html`<p class="lead">${countOf(more, 'more task')} in report.json.</p>`}`,
  );
}

function task(change: PlannedChange, titles: ReadonlyMap<string, string>): Html {
  const { id, title, role, size, dependsOn, writes, verify, findingIds } = change;
  const links = findingIds.filter((finding) => titles.has(finding));
  return html`<li class="task" id="plan-${id}">
    <h3><span class="num">${id}</span> ${cut(title, 200)}</h3>
    <div class="row">
      ${tag(`size ${size}: ${SIZES[size]}`)}${tag(role)}${
        dependsOn.length === 0 ? tag('can begin at once', 'free') : tag(`after ${listed(dependsOn)}`)
      }
    </div>
    <dl>
      ${entry('Writes', codes(writes))} ${entry('Shown by', codes(verify))}
      ${
        links.length > 0 &&
        entry(
          'Answers',
          html`<ul class="plain">
            ${links.slice(0, 6).map((finding) => html`<li><a href="#f-${finding}">${cut(titles.get(finding) ?? '', 120)}</a></li>`)}
            ${links.length > 6 && html`<li>and ${String(links.length - 6)} more</li>`}
          </ul>`,
        )
      }
    </dl>
  </li>`;
}

function entry(name: string, value: Part): Html {
  return html`<div>
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`;
}

function codes(values: readonly string[]): Html {
  if (values.length === 0) return html`nothing named`;
  return html`${values.slice(0, 8).map((value) => html`<code class="block">${cut(value, 200)}</code>`)}${values.length > 8 && html`and ${String(values.length - 8)} more`}`;
}
