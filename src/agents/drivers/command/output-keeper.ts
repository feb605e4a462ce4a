import type { ArtifactRef } from '../../../core/tasks/attempt.ts';
import type { ArtifactStore, ArtifactWriter } from '../../../ports/artifact-store.ts';
import { OutputTail } from '../../../util/output-tail.ts';
import { StreamRedactor } from '../../../util/redact.ts';

type StreamName = 'stdout' | 'stderr';

/** What is kept of the output as text in a failure. */
const TAIL_BYTES = 4_096;

export type KeptOutput = Readonly<{ artifacts: readonly ArtifactRef[]; tail: string }>;

/**
 * Keeps stdout and stderr in the order in which they came, without secrets: all of it as an artifact, written while
 * it comes, and its end as text. Each stream is redacted by itself, because the other may print between two halves
 * of a secret, and then both together, because two streams may put one together.
 */
export class OutputKeeper {
  readonly #artifacts: Pick<ArtifactStore, 'create'>;
  readonly #streams: Readonly<Record<StreamName, StreamRedactor>>;
  readonly #together: StreamRedactor;
  readonly #onStdout: (chunk: Uint8Array) => void;
  readonly #tail = new OutputTail(TAIL_BYTES);
  #writer: ArtifactWriter | undefined;

  constructor(
    artifacts: Pick<ArtifactStore, 'create'>,
    secrets: readonly string[],
    onStdout: (chunk: Uint8Array) => void,
  ) {
    this.#artifacts = artifacts;
    this.#streams = { stdout: new StreamRedactor(secrets), stderr: new StreamRedactor(secrets) };
    this.#together = new StreamRedactor(secrets);
    this.#onStdout = onStdout;
  }

  /** Resolves when the piece is stored; the next one must not come before that. */
  async take(stream: StreamName, chunk: Uint8Array): Promise<void> {
    await this.#keep(stream, this.#streams[stream].push(chunk));
  }

  /** Durable on return. No output gives no artifact. */
  async finish(): Promise<KeptOutput> {
    await this.#keep('stdout', this.#streams.stdout.end());
    await this.#keep('stderr', this.#streams.stderr.end());
    await this.#write(this.#together.end());
    const ref = await this.#writer?.finish();
    return { artifacts: ref === undefined ? [] : [ref], tail: this.#tail.text() };
  }

  /** Leaves nothing behind. */
  async abandon(): Promise<void> {
    await this.#writer?.abandon();
  }

  async #keep(stream: StreamName, clean: Uint8Array): Promise<void> {
    if (stream === 'stdout') this.#onStdout(clean);
    await this.#write(this.#together.push(clean));
  }

  async #write(bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0) return;
    this.#tail.push(bytes);
    this.#writer ??= await this.#artifacts.create('output.log');
    await this.#writer.write(bytes);
  }
}
