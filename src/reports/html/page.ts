import type { CheckView } from '../check-run-view.ts';
import { changesSection } from './changes-section.ts';
import { findingsSection, otherFindings } from './findings-section.ts';
import { functionsSection } from './functions-section.ts';
import { focusRules } from './graph-drawing.ts';
import { headSection, leftOutSection } from './head-section.ts';
import { hotspotsSection } from './hotspots-section.ts';
import { Html, html } from './html.ts';
import { languagesSection } from './languages-section.ts';
import { modulesSection } from './modules-section.ts';
import { SYMBOLS, section } from './parts.ts';
import { planSection } from './plan-section.ts';
import { runSection } from './run-section.ts';
import { STYLES } from './styles.ts';

/** `report.html`: one file that asks for nothing, runs nothing, and reads the same in ten years. */
export function renderHtml(view: CheckView): string {
  const { report } = view;
  const parts = [
    changesSection(report),
    findingsSection(report),
    planSection(report),
    otherFindings(report),
    hotspotsSection(report),
    functionsSection(report),
    modulesSection(report),
    languagesSection(report),
    runSection(view),
    leftOutSection(report),
    trustSection(),
  ].filter((part) => part !== undefined);
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
        />
        <meta name="referrer" content="no-referrer" />
        <meta name="color-scheme" content="light dark" />
        <title>Check of ${report.repository.name}</title>
        <style>
          ${new Html([STYLES, focusRules('dep'), focusRules('run')].join('\n'))}
        </style>
      </head>
      <body>
        <a class="skip-link" href="#main">Skip to the findings</a>
        ${SYMBOLS} ${headSection(view)} ${contents(parts)}
        <main id="main" tabindex="-1">${parts}</main>
        <footer>
          Made by Waggle, run ${report.run}. The same as data: report.json, report.sarif; as text: report.md.
        </footer>
      </body>
    </html> `;
  return page.markup;
}

/** Links to the parts, read from the parts themselves. */
function contents(parts: readonly Html[]): Html {
  const titles = parts.flatMap(({ markup }) =>
    [...markup.matchAll(/<h2 id="([a-z-]+)-title">([^<]*)<\/h2>/g)].map(([, id = '', title = '']) => ({ id, title })),
  );
  return html`<nav aria-label="Parts of this report">
    <ul>
      ${titles.map(({ id, title }) => html`<li><a href="#${id}">${new Html(title)}</a></li>`)}
    </ul>
  </nav>`;
}

/** How far to trust it all. */
function trustSection(): Html {
  return section(
    'trust',
    'How far to trust this',
    html`<p>
        Detectors propose; up to five voters check each proposal with evidence of their own, and abstain where they have
        none. Confirmed means approved by at least two of them, or by all that were asked. It is not a proof: read the
        evidence before you act.
      </p>
      <p>
        How often confirmed findings are right, by kind and by voter, is measured on repositories with planted true and
        false findings. The table is published with Waggle in <code>docs/calibration.md</code>.
      </p>
      <p>Every figure was measured by the task that is named beside it.</p>`,
  );
}
