import type { CheckedTask, RunTimeline, TimelineAttempt } from '../../core/findings/check-report.ts';
import { criticalPath, keyOf, lanesOf, type CheckView } from '../check-run-view.ts';
import { countOf, duration } from '../format.ts';
import { withoutShortcuts } from '../graph.ts';
import { cut } from '../visible.ts';
import { drawGraph, type DrawnEdge, type DrawnNode } from './graph-drawing.ts';
import { html, type Html } from './html.ts';
import { section, wide } from './parts.ts';

/** How the check itself ran: who did what, when, and what the end waited for. */
export function runSection({ report, timeline }: CheckView): Html {
  const path = criticalPath(timeline);
  const hasRun = timeline.attempts.length > 0;
  return section(
    'run',
    'How it was checked',
    html`<p class="lead">
        ${countOf(timeline.attempts.length, 'task')} by ${countOf(lanesOf(timeline).length, 'agent')} side by side.
        ${hasRun && html`<span class="pathkey">Strong colour and underlined</span>: the critical path, which the end waited for.`}
      </p>
      ${hasRun && gantt(timeline, path)} ${hasRun && graph(timeline, path)}
      <details>
        <summary>Every task and what it measured</summary>
        ${wide(
          'Tasks',
          html`<table>
            <thead>
              <tr>
                <th scope="col">Task</th>
                <th scope="col" class="opt">Role</th>
                <th scope="col">State</th>
                <th scope="col" class="n">Time</th>
                <th scope="col">Figures</th>
              </tr>
            </thead>
            <tbody>
              ${report.tasks.map((task) => {
                const own = timeline.attempts.filter((attempt) => attempt.task === task.name);
                return row(task, own);
              })}
            </tbody>
          </table>`,
        )}
      </details>`,
  );
}

function gantt(timeline: RunTimeline, path: ReadonlySet<string>): Html {
  const span = Math.max(1, timeline.endedAtMs - timeline.startedAtMs);
  const bar = (attempt: TimelineAttempt): Html => {
    const left = ((attempt.startedAtMs - timeline.startedAtMs) / span) * 100;
    const width = ((attempt.endedAtMs - attempt.startedAtMs) / span) * 100;
    const marks = `bar${path.has(keyOf(attempt)) ? ' path' : ''}${attempt.outcome === 'failed' ? ' failed' : ''}`;
    return html`<div
      class="${marks}"
      style="left:${left.toFixed(2)}%;width:${Math.max(0.2, width).toFixed(2)}%"
      title="${saidOf(attempt)}"
    >
      ${width > attempt.task.length * 0.77 + 1.2 && attempt.task}
    </div>`;
  };
  return html`<h3>When, and by whom</h3>
    <div class="gantt" role="img" aria-label="Timeline by agent: the table of tasks below has the same figures">
      ${lanesOf(timeline).map(
        ({ agent, attempts }) =>
          html`<div class="lane">
            <span class="who">${agent}</span>
            <div class="track">${attempts.map(bar)}</div>
          </div>`,
      )}
      <div class="axis">
        <span></span>
        <div><span>0</span><span>${duration(span / 2)}</span><span>${duration(span)}</span></div>
      </div>
    </div>`;
}

function saidOf({ task, attempt, startedAtMs, endedAtMs, outcome }: TimelineAttempt): string {
  return `${task}${attempt > 1 ? `, attempt ${attempt}` : ''}: ${duration(endedAtMs - startedAtMs)}, ${outcome}`;
}

/** Tasks and what they waited for; the last attempt of each. */
function graph(timeline: RunTimeline, path: ReadonlySet<string>): Html {
  const last = [...new Map(timeline.attempts.map((attempt) => [attempt.task, attempt])).values()];
  const place = new Map(last.map(({ task }, index) => [task, index]));
  const isOn = (attempt: TimelineAttempt | undefined): boolean => attempt !== undefined && path.has(keyOf(attempt));
  const all = last.flatMap(({ task, needs }, to) =>
    needs.flatMap((need): readonly DrawnEdge[] => {
      const from = place.get(need);
      if (from === undefined) return [];
      return [
        {
          from,
          to,
          weight: 1,
          title: `${task} waited for ${need}`,
          look: isOn(last[from]) && isOn(last[to]) ? 'path' : '',
        },
      ];
    }),
  );
  const edges = withoutShortcuts(last.length, all);
  const nodes = last.map((attempt): DrawnNode => {
    const took = duration(attempt.endedAtMs - attempt.startedAtMs);
    const failed = attempt.outcome === 'failed' ? ' failed' : '';
    return {
      label: cut(attempt.task, 28),
      note: failed === '' ? took : `failed, ${took}`,
      title: `${saidOf(attempt)}, by ${attempt.agent}`,
      look: `${isOn(attempt) ? 'path' : ''}${failed}`,
    };
  });
  return html`<h3>What waited for what</h3>
    ${wide('Drawing of the tasks', drawGraph({ id: 'run', label: 'Tasks and what they waited for', nodes, edges }))}`;
}

function row({ name, role, title, state, figures, note }: CheckedTask, attempts: readonly TimelineAttempt[]): Html {
  const took = attempts.reduce((sum, { startedAtMs, endedAtMs }) => sum + endedAtMs - startedAtMs, 0);
  const said = figures.map(({ label, value }) => `${value} ${label}`).join(', ');
  return html`<tr>
    <th scope="row">${name}<br /><span class="where">${cut(title, 120)}</span></th>
    <td class="opt">${role}</td>
    <td class="state-${state}">${state}</td>
    <td class="n">${attempts.length > 0 && duration(took)}</td>
    <td>${cut(note ?? said, 400)}</td>
  </tr>`;
}
