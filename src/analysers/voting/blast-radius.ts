import { posix } from 'node:path';
import { asRecord, parseJson } from '../json-value.ts';
import { countOf } from '../words.ts';
import type { Motion } from './ballot.ts';
import { ruleOf } from './kinds.ts';
import { abstain, approve, type Bench, type Opinion, reject } from './opinion.ts';
import { namedToRun } from './started.ts';

/** Fewer importers are never many, whatever is usual. */
const MIN_IMPORTERS = 2;
/** Folders whose files a framework or a person starts by their names. */
const STARTED_BY_NAME =
  /(?:^|\/)(?:pages|app|routes|api|bin|scripts?|tools?|cmd|commands?|tasks|jobs|migrations?|stories|plugins?|workers?|functions|middlewares?|locales?|lang|public|static|assets|config|cli)\//i;

/** What would feel it: how many files import it, whether it is a way in, whether it runs on every push. */
export function blastRadiusOf(motion: Motion, bench: Bench): Opinion {
  switch (ruleOf(motion.finding.kind).class) {
    case 'ci':
      return ofWorkflow(motion, bench);
    case 'supply':
      return motion.finding.file.endsWith('package.json') ? ofPackage(motion, bench) : ofCode(motion, bench);
    case 'docs':
      return ofPage(motion, bench);
    case 'testing':
    case 'secret':
      return abstain('What imports it does not matter here.');
    case 'defect':
    case 'quality':
    case 'security':
    case 'leftover':
      return ofCode(motion, bench);
  }
}

function ofCode(motion: Motion, bench: Bench): Opinion {
  const { use, finding, place } = motion;
  const { file } = finding;
  if (use === null || bench.usual.use === null) return abstain('Nobody has counted what depends on this file.');
  if (use.entryOf !== null) return approve(`It is a way into ${use.entryOf}.`, { text: `Way in: ${file}`, ref: file });
  const { importedByP75, isWhole } = bench.usual.use;
  const importers = countOf(use.importedBy, 'file');
  if (use.importedBy >= Math.max(MIN_IMPORTERS, importedByP75)) {
    const usual = `three quarters of the files are imported by ${countOf(importedByP75, 'file')} or fewer`;
    return approve(`${importers} import it; ${usual}.`, { text: `Imported by ${importers}.`, ref: file });
  }
  if (use.importedBy > 0) return abstain(`${importers} ${use.importedBy === 1 ? 'imports' : 'import'} it.`);
  if (!isWhole || place.context !== 'production' || STARTED_BY_NAME.test(file)) {
    return abstain('Nothing imports it, but it may be started by its name.');
  }
  const starter = namedToRun(file, bench);
  if (starter !== undefined) return approve(`${starter} starts it.`, { text: `Named in ${starter}.`, ref: starter });
  if (ruleOf(finding.kind).class !== 'quality') return abstain('Nothing imports it, which makes it no less true.');
  return reject('Nothing imports it, and no package, script or workflow names it.', {
    text: 'Imported by 0 files outside tests.',
    ref: file,
  });
}

/** A published package is installed by others. */
function ofPackage({ finding }: Motion, { reader }: Bench): Opinion {
  const manifest = asRecord(parseJson(reader.text(finding.file) ?? ''));
  const name = manifest['name'];
  if (typeof name !== 'string' || manifest['private'] === true || typeof manifest['version'] !== 'string') {
    return abstain('The package is not published: only this repository feels it.');
  }
  return approve(`${name} is a package that others can install: they get this.`, {
    text: `${name} ${manifest['version']}, not private.`,
    ref: finding.file,
  });
}

function ofPage({ finding }: Motion, { reader }: Bench): Opinion {
  if (!/(?:^|\/)readme\.\w+$/i.test(finding.file)) return abstain('Who reads this page is not known.');
  const manifest = posix.join(posix.dirname(finding.file), 'package.json');
  const { private: isPrivate, name } = asRecord(parseJson(reader.text(manifest) ?? ''));
  if (typeof name !== 'string' || isPrivate === true) return abstain('Who reads this page is not known.');
  return approve(`It is the page that the registry shows for ${name}.`, { text: `README of ${name}.`, ref: manifest });
}

const ON_CHANGE = /^\s*(?:-\s*)?["']?(?:push|pull_request|pull_request_target|merge_group|release)["']?\s*:?/m;
const ON_LINE = /^["']?on["']?\s*:\s*(.*)$/m;

function ofWorkflow({ finding }: Motion, { reader }: Bench): Opinion {
  const text = reader.text(finding.file) ?? '';
  if (!finding.file.startsWith('.github/workflows/')) {
    return approve('The build service runs it on every change.', { text: finding.file, ref: finding.file });
  }
  const line = ON_LINE.exec(text);
  const block = line === null ? '' : (text.slice(line.index).split(/\n(?=[a-z])/i)[0] ?? '');
  const isOnChange = /push|pull_request|merge_group|release/.test(line?.[1] ?? '') || ON_CHANGE.test(block);
  if (!isOnChange) return abstain(whenElse(block));
  return approve(whenItRuns(`${line?.[1] ?? ''}\n${block}`), {
    text: `on: ${block.replace(/\s+/g, ' ').slice(0, 80)}`,
    ref: finding.file,
  });
}

function whenItRuns(triggers: string): string {
  if (/\b(?:push|merge_group)\b/.test(triggers)) return 'It runs on changes that people push.';
  if (/\bpull_request(?:_target)?\b/.test(triggers)) return 'It runs on changes that people propose.';
  return 'It runs when a version is released.';
}

function whenElse(block: string): string {
  return /\bworkflow_call\b/.test(block)
    ? 'Other workflows call it: when it runs is theirs to say.'
    : 'It runs by the clock or by hand, not on every change.';
}
