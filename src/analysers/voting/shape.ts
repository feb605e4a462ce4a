import { isOriginSeen, NEEDS_ORIGIN } from '../risk-texts.ts';
import type { Motion } from './ballot.ts';
import { ASKED_ONLY } from './kinds.ts';
import { abstain, approve, type Bench, type JudgeMotion, type Opinion } from './opinion.ts';
import { lintComplaint } from './shape/complaints.ts';
import {
  assignsInCondition,
  comparesWithItself,
  comparesWithNan,
  constantCondition,
  negatesLeftSide,
  repeatedCondition,
  sameBranches,
  sameOperands,
  type TokenLook,
  unknownTypeof,
} from './shape/conditions.ts';
import { duplicateCode } from './shape/copies.ts';
import { importCycle, missingImport, untestedHotSpot } from './shape/imports.ts';
import { complexFunction, hotSpot } from './shape/indentation.ts';
import { brokenJson, largeFile, mergeMarker } from './shape/leftovers.ts';
import {
  insecureSource,
  installScript,
  knownVulnerability,
  licenceConflict,
  lockOutOfStep,
  missingIntegrity,
} from './shape/locks.ts';
import { brokenShebang, brokenYaml, caseCollision, deadSymlink, oldTodo, skippedTests } from './shape/names.ts';
import { originIn } from './shape/origins.ts';
import {
  dependencyTwice,
  lockFilesCompete,
  noLockFile,
  packageNameTwice,
  pointsNowhere,
  undeclaredDependency,
  unpinnedGitSource,
  unusedDependency,
  workspaceEmpty,
} from './shape/packages.ts';
import { deadLink, missingScript } from './shape/pages.ts';
import {
  evalOfVariable,
  htmlFromVariable,
  type RiskLook,
  shellString,
  sqlByConcatenation,
  tlsCheckOff,
  weakPasswordHash,
} from './shape/risks.ts';
import { secret } from './shape/secrets.ts';
import {
  asyncExecutor,
  asyncForeach,
  duplicateCase,
  duplicateKey,
  emptyCatch,
  focusedTest,
  throwSwallowed,
  unreachableCode,
} from './shape/structure.ts';
import { TokenList } from './shape/tokens.ts';
import {
  failureIgnored,
  noTestStep,
  outdatedAction,
  unpinnedAction,
  unstatedRights,
  untrustedCheckout,
  untrustedInput,
} from './shape/workflows.ts';

/** Second looks by the words and signs of the line. */
const TOKEN_LOOKS: Readonly<Record<string, TokenLook>> = {
  'assigns-in-condition': assignsInCondition,
  'constant-condition': constantCondition,
  'repeated-condition': repeatedCondition,
  'same-branches': sameBranches,
  'negates-left-side': negatesLeftSide,
  'compares-with-nan': comparesWithNan,
  'unknown-typeof': unknownTypeof,
  'compares-with-itself': comparesWithItself,
  'same-operands': sameOperands,
  'duplicate-key': duplicateKey,
  'duplicate-case': duplicateCase,
  'unreachable-code': unreachableCode,
  'empty-catch': emptyCatch,
  'throw-swallowed': throwSwallowed,
  'async-executor': asyncExecutor,
  'async-foreach': asyncForeach,
  'focused-test': focusedTest,
};

const LOOKS: Readonly<Record<string, JudgeMotion>> = {
  'complex-function': complexFunction,
  'hot-spot': hotSpot,
  'untested-hot-spot': untestedHotSpot,
  'import-cycle': importCycle,
  'missing-import': missingImport,
  'undeclared-dependency': undeclaredDependency,
  'unused-dependency': unusedDependency,
  'manifest-points-nowhere': pointsNowhere,
  'script-points-nowhere': pointsNowhere,
  'workspace-empty': workspaceEmpty,
  'lock-files-compete': lockFilesCompete,
  'package-name-twice': packageNameTwice,
  'dependency-twice': dependencyTwice,
  'unpinned-git-source': unpinnedGitSource,
  'no-lock-file': noLockFile,
  'dead-link': deadLink,
  'missing-script': missingScript,
  'merge-marker': mergeMarker,
  'broken-json': brokenJson,
  'large-file': largeFile,
  'lint-complaint': lintComplaint,
  'broken-yaml': brokenYaml,
  'broken-shebang': brokenShebang,
  'dead-symlink': deadSymlink,
  'case-collision': caseCollision,
  'old-todo': oldTodo,
  'skipped-tests': skippedTests,
  'duplicate-code': duplicateCode,
  'lock-out-of-step': lockOutOfStep,
  'missing-integrity': missingIntegrity,
  'insecure-source': insecureSource,
  'install-script': installScript,
  'licence-conflict': licenceConflict,
  'known-vulnerability': knownVulnerability,
  'unpinned-action': unpinnedAction,
  'outdated-action': outdatedAction,
  'unstated-rights': unstatedRights,
  'failure-ignored': failureIgnored,
  'no-test-step': noTestStep,
  'untrusted-input-in-script': untrustedInput,
  'untrusted-checkout': untrustedCheckout,
  secret,
};

/** Second looks at dangerous code, by the lines around it. */
const RISK_LOOKS: Readonly<Record<string, RiskLook>> = {
  'eval-of-variable': evalOfVariable,
  'shell-string': shellString,
  'tls-check-off': tlsCheckOff,
  'weak-password-hash': weakPasswordHash,
  'html-from-variable': htmlFromVariable,
  'sql-by-concatenation': sqlByConcatenation,
};

/** Whether it holds at all: each kind is looked for a second time, in another way than its detector's. */
export function shapeOf(motion: Motion, bench: Bench): Opinion {
  const opinion = secondLook(motion, bench);
  if (opinion.choice !== 'approve') return opinion;
  if (motion.doubt !== undefined) return abstain(`${opinion.reason} But ${motion.doubt}`);
  if (!ASKED_ONLY.has(motion.finding.kind)) return opinion;
  return abstain(`${opinion.reason} Whether that matters here, only people can say.`);
}

/** Whether it is so, whatever that is worth to people. */
export function secondLook(motion: Motion, bench: Bench): Opinion {
  const { kind, file, line } = motion.finding;
  const look = LOOKS[kind];
  if (look !== undefined) return look(motion, bench);
  const text = bench.reader.text(file);
  if (text === undefined) return abstain('The file cannot be read.');
  const riskLook = RISK_LOOKS[kind];
  const ref = `${file}:${line}`;
  if (riskLook !== undefined) {
    const lines = text.split('\n');
    return withOrigin(withPlace(riskLook(lines, line - 1, text), ref), motion, lines);
  }
  const tokenLook = TOKEN_LOOKS[kind];
  if (tokenLook === undefined) return abstain('There is no second way to look for this kind.');
  return withPlace(tokenLook(new TokenList(text), line), ref);
}

/** With whatever value it is dangerous only where somebody else chooses it: that has to be seen here too. */
function withOrigin(opinion: Opinion, { finding }: Motion, lines: readonly string[]): Opinion {
  const { kind, file, line, evidence } = finding;
  if (opinion.choice !== 'approve' || !NEEDS_ORIGIN.has(kind)) return opinion;
  const origin = isOriginSeen(evidence) ? originIn(file, lines, line - 1) : undefined;
  if (origin === undefined) return abstain('Nobody sees here that somebody else chooses the value.');
  const seen = { text: origin.text, ref: `${file}:${origin.line}` };
  return approve(`${opinion.reason} It comes from outside: "${origin.text}".`, ...opinion.seen, seen);
}

function withPlace(opinion: Opinion, ref: string): Opinion {
  return { ...opinion, seen: opinion.seen.map((one) => (one.ref === undefined ? { ...one, ref } : one)) };
}

/** Kinds that have a second detection. */
export const SHAPED_KINDS: readonly string[] = [
  ...Object.keys(TOKEN_LOOKS),
  ...Object.keys(RISK_LOOKS),
  ...Object.keys(LOOKS),
];
