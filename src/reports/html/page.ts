import type { CheckView } from '../check-run-view.ts';
import { findingsSection } from './findings-section.ts';
import { headSection } from './head-section.ts';
import { functionsSection, hotspotsSection } from './hotspots-section.ts';
import { Html, html } from './html.ts';
import { languagesSection, modulesSection } from './modules-section.ts';
import { runSection } from './run-section.ts';
import { STYLES } from './styles.ts';

/** `report.html`: one file that asks for nothing, runs nothing, and reads the same in ten years. */
export function renderHtml(view: CheckView): string {
  const { report } = view;
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
        <title>Check of ${report.repository.name}</title>
        <style>
          ${new Html(STYLES)}
        </style>
      </head>
      <body>
        ${headSection(view)}
        <main>
          ${findingsSection(report)} ${hotspotsSection(report)} ${functionsSection(report)} ${modulesSection(report)}
          ${languagesSection(report)} ${runSection(view)}
        </main>
        <footer>
          Made by Waggle. Provenance: ${report.provenance}. Every figure was measured by the task that is named beside
          it; no model took part, and nothing left this machine. Run ${report.run}.
        </footer>
      </body>
    </html> `;
  return page.markup;
}
