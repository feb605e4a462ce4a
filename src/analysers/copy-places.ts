import { posix } from 'node:path';
import type { FileEntry } from './data.ts';
import { asRecord, asText, asTexts, parseJson } from './json-value.ts';
import type { TextReader } from './read-text.ts';

/** Modules of builds of Java that no release holds. */
const NOT_SHIPPED =
  /isTestModule\W{1,4}true|<maven\.(?:deploy|install)\.skip>\s*true|<skip(?:Publishing|NexusStagingDeployMojo)>\s*true/;

/** `dev-server.ts`, `demo.js`, `run-sample.mjs` */
const AID = /(?:^|[-_.])(?:dev|demos?|samples?|examples?|playground)(?=[-_.])/;

/** To which package a file belongs, and whether it is shipped at all. */
export class Places {
  /** Folder of a package → its name when it is published. */
  readonly #packages: ReadonlyMap<string, string | undefined>;
  readonly #notShipped: readonly string[];
  /** Folder of a package → what it says that it publishes. */
  readonly #published: ReadonlyMap<string, readonly string[]>;

  constructor(files: readonly FileEntry[], reader: TextReader) {
    const named = (name: RegExp): readonly string[] =>
      files.filter(({ path, isText }) => isText && name.test(path)).map(({ path }) => path);
    const manifests = named(/(?:^|\/)package\.json$/).map((path) => ({
      folder: posix.dirname(path),
      value: asRecord(parseJson(reader.text(path) ?? '')),
    }));
    this.#packages = new Map(
      manifests.map(({ folder, value }) => [folder, value['private'] === true ? undefined : asText(value['name'])]),
    );
    this.#published = new Map(
      manifests.flatMap(({ folder, value }) =>
        Array.isArray(value['files']) ? [[folder, asTexts(value['files'])] as const] : [],
      ),
    );
    this.#notShipped = named(/\/(?:pom\.xml|gradle\.properties|build\.gradle(?:\.kts)?)$/)
      .filter((path) => NOT_SHIPPED.test(reader.text(path) ?? ''))
      .map((path) => `${posix.dirname(path)}/`);
  }

  isShipped(path: string): boolean {
    return !this.#notShipped.some((folder) => path.startsWith(folder)) && !this.#isAid(path);
  }

  /** A program beside what the package publishes, for those who work on it. */
  #isAid(path: string): boolean {
    const folder = posix.dirname(path);
    const published = this.#published.get(folder);
    if (published === undefined || !AID.test(posix.basename(path))) return false;
    return !published.some((one) => /^(?:\.\/)?\*/.test(one) || one.includes(posix.basename(path)));
  }

  /** Name of the published package that holds the file. */
  publishedIn(path: string): string | undefined {
    for (let folder = posix.dirname(path); ; folder = posix.dirname(folder)) {
      if (this.#packages.has(folder)) return this.#packages.get(folder);
      if (folder === '.' || folder === '/') return undefined;
    }
  }
}
