import { posix } from 'node:path';
import type { FileEntry } from './data.ts';
import { asRecord, asText, parseJson } from './json-value.ts';
import type { TextReader } from './read-text.ts';

/** Modules of builds of Java that no release holds. */
const NOT_SHIPPED =
  /isTestModule\W{1,4}true|<maven\.(?:deploy|install)\.skip>\s*true|<skip(?:Publishing|NexusStagingDeployMojo)>\s*true/;

/** To which package a file belongs, and whether it is shipped at all. */
export class Places {
  /** Folder of a package → its name when it is published. */
  readonly #packages: ReadonlyMap<string, string | undefined>;
  readonly #notShipped: readonly string[];

  constructor(files: readonly FileEntry[], reader: TextReader) {
    const named = (name: RegExp): readonly string[] =>
      files.filter(({ path, isText }) => isText && name.test(path)).map(({ path }) => path);
    this.#packages = new Map(
      named(/(?:^|\/)package\.json$/).map((path) => {
        const { name, private: isPrivate } = asRecord(parseJson(reader.text(path) ?? ''));
        return [posix.dirname(path), isPrivate === true ? undefined : asText(name)];
      }),
    );
    this.#notShipped = named(/\/(?:pom\.xml|gradle\.properties|build\.gradle(?:\.kts)?)$/)
      .filter((path) => NOT_SHIPPED.test(reader.text(path) ?? ''))
      .map((path) => `${posix.dirname(path)}/`);
  }

  isShipped(path: string): boolean {
    return !this.#notShipped.some((folder) => path.startsWith(folder));
  }

  /** Name of the published package that holds the file. */
  publishedIn(path: string): string | undefined {
    for (let folder = posix.dirname(path); ; folder = posix.dirname(folder)) {
      if (this.#packages.has(folder)) return this.#packages.get(folder);
      if (folder === '.' || folder === '/') return undefined;
    }
  }
}
