import type { Severity } from '../../core/findings/finding.ts';
import { html, type Html, type Part } from './html.ts';

/** A part of the page with its heading; `id` is where links lead to it. */
export function section(id: string, title: string, body: Part): Html {
  return html`<section id="${id}" aria-labelledby="${id}-title">
    <h2 id="${id}-title">${title}</h2>
    ${body}
  </section>`;
}

/** Form, colour and word say the same. */
export function severityMark(severity: Severity): Html {
  return html`<span class="sev ${severity}"><i aria-hidden="true"></i>${severity}</span>`;
}

export function tag(text: string, look: string = ''): Html {
  return html`<span class="tag ${look}">${text}</span>`;
}

/** Scrolls sideways where it is too wide, also by keyboard. */
export function wide(label: string, body: Part): Html {
  return html`<div class="wide" role="region" aria-label="${label}" tabindex="0">${body}</div>`;
}

/** Shapes that are used many times. */
export const SYMBOLS: Html = html`<svg width="0" height="0" class="symbols" aria-hidden="true" focusable="false">
  <symbol id="s-approve" viewBox="0 0 16 16"><path d="M3.5 8.5 6.8 12l6-7.5" /></symbol>
  <symbol id="s-reject" viewBox="0 0 16 16"><path d="M4.5 4.5l7 7m0-7-7 7" /></symbol>
  <symbol id="s-abstain" viewBox="0 0 16 16"><path d="M4 8h8" /></symbol>
  <symbol id="s-none" viewBox="0 0 16 16"><circle cx="8" cy="8" r="1.4" /></symbol>
  <marker id="tip" viewBox="0 0 6 6" refX="4.5" refY="3" markerWidth="4.5" markerHeight="4.5" orient="auto">
    <path d="M0 0 6 3 0 6z" />
  </marker>
</svg>`;
