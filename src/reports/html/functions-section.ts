import type { CheckReport } from '../../core/findings/check-report.ts';
import { placeOf } from '../check-run-view.ts';
import { count } from '../format.ts';
import { cut } from '../visible.ts';
import { html, type Html } from './html.ts';
import { section } from './parts.ts';

const IN_TABLE = 10;

/** The hardest functions, wherever they stand. */
export function functionsSection({ functions }: CheckReport): Html | undefined {
  const some = functions?.slice(0, IN_TABLE) ?? [];
  const most = some[0]?.complexity ?? 0;
  if (some.length === 0) return undefined;
  return section(
    'functions',
    'Hardest functions',
    html`<p class="lead">Decisions each makes: branches, loops, conditions, catches. Above 20 is hard to test.</p>
      <div class="wide" role="region" aria-label="Hardest functions" tabindex="0">
        <table class="bars">
          <thead>
            <tr>
              <th scope="col">Function</th>
              <th scope="col" class="opt"><span class="vh">Bar</span></th>
              <th scope="col" class="n">Decisions</th>
              <th scope="col" class="n opt">Nested</th>
              <th scope="col" class="n">Lines</th>
            </tr>
          </thead>
          <tbody>
            ${some.map(
              (one) =>
                html`<tr>
                  <th scope="row"><b>${cut(one.name, 80)}</b><br /><code>${cut(placeOf(one), 160)}</code></th>
                  <td class="opt barcell">
                    <div class="meter" style="width:${Math.max(2, Math.round((one.complexity / most) * 100))}%"></div>
                  </td>
                  <td class="n">${count(one.complexity)}</td>
                  <td class="n opt">${count(one.nesting)}</td>
                  <td class="n">${count(one.lines)}</td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>`,
  );
}
