import type { CheckedTask, RunTimeline, TimelineAttempt } from '../../core/findings/check-report.ts';
import { criticalPath, keyOf, lanesOf, type CheckView } from '../check-run-view.ts';
import { countOf, duration } from '../format.ts';
import { html, type Html } from './html.ts';

/** How the check itself ran: who did what, when, and what the end waited for. */
export function runSection({ report, timeline }: CheckView): Html {
  const path = criticalPath(timeline);
  return html`<h2 id="run">How it was checked</h2>
    <p class="lead">
      ${countOf(timeline.attempts.length, 'task')} by ${countOf(lanesOf(timeline).length, 'agent')} side by side.
      Marked: the critical path, which the end waited for.
    </p>
    ${timeline.attempts.length > 0 && gantt(timeline, path)}
    <details>
      <summary>Every task and what it measured</summary>
      <div class="wide">
        <table>
          <thead>
            <tr>
              <th>Task</th>
              <th>Role</th>
              <th>State</th>
              <th class="n">Time</th>
              <th>Figures</th>
            </tr>
          </thead>
          <tbody>
            ${report.tasks.map((task) =>
              row(
                task,
                timeline.attempts.filter((attempt) => attempt.task === task.name),
              ),
            )}
          </tbody>
        </table>
      </div>
    </details>`;
}

function gantt(timeline: RunTimeline, path: ReadonlySet<string>): Html {
  const span = Math.max(1, timeline.endedAtMs - timeline.startedAtMs);
  const bar = (attempt: TimelineAttempt): Html => {
    const left = ((attempt.startedAtMs - timeline.startedAtMs) / span) * 100;
    const width = ((attempt.endedAtMs - attempt.startedAtMs) / span) * 100;
    const marks = `${path.has(keyOf(attempt)) ? 'path' : ''}${attempt.outcome === 'failed' ? ' failed' : ''}`;
    const took = duration(attempt.endedAtMs - attempt.startedAtMs);
    const again = attempt.attempt > 1 ? `, attempt ${attempt.attempt}` : '';
    return html`<div
      class="${marks}"
      style="left:${left.toFixed(2)}%;width:${Math.max(0.2, width).toFixed(2)}%"
      title="${attempt.task}${again}: ${took}, ${attempt.outcome}"
    >
      ${width > 4 && attempt.task}
    </div>`;
  };
  return html`<div class="gantt">
    ${lanesOf(timeline).map(
      ({ agent, attempts }) =>
        html`<div class="lane">
          <span class="who" title="${agent}">${agent}</span>
          <div class="track">${attempts.map(bar)}</div>
        </div>`,
    )}
    <div class="axis">
      <span></span>
      <div><span>0</span><span>${duration(span / 2)}</span><span>${duration(span)}</span></div>
    </div>
  </div>`;
}

function row({ name, role, title, state, figures, note }: CheckedTask, attempts: readonly TimelineAttempt[]): Html {
  const took = attempts.reduce((sum, { startedAtMs, endedAtMs }) => sum + endedAtMs - startedAtMs, 0);
  const said = figures.map(({ label, value }) => `${value} ${label}`).join(', ');
  return html`<tr>
    <td><b>${name}</b><br /><span class="where">${title}</span></td>
    <td>${role}</td>
    <td class="state-${state}">${state}</td>
    <td class="n">${attempts.length > 0 && duration(took)}</td>
    <td>${note ?? said}</td>
  </tr>`;
}
