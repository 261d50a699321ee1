/**
 * Keeps the definitions of the store at what stands in a folder. A file is loaded when it has come to rest; one that is
 * refused leaves the definition that was there. What runs keeps to the definition it began with, and a file that goes
 * takes nothing with it.
 */
import { type FSWatcher, watch } from 'node:fs';
import { isAppError, type Ports, type Service } from '@holdfast/base';
import type { Logger } from '@holdfast/runtime';
import type { Problem } from '@holdfast/workflow';
import { type Definitions, DUPLICATE, duplicateProblem } from './definitions.ts';
import { type FolderFile, isMissing, listFiles, readText, typeNamedIn } from './folder.ts';

/** What is wrong with a file. */
export type FileProblems = { file: string; problems: readonly Problem[] };

export type Loader = Service & {
  /** Reads every file anew, at once. */
  reload(): Promise<void>;
  /** Files that were refused, or have warnings. */
  problems(): FileProblems[];
};

type Options = { folder: string; definitions: Definitions; ports: Ports; logger: Logger };

/** A look now and then finds what no event told of. */
const LOOK_MS = 5_000;
/** A file that is the same at two looks so far apart is whole. */
const REST_MS = 250;

export function createLoader(options: Options): Loader {
  return new FolderLoader(options);
}

/** What is known of a file: what it held when it was loaded or refused, and what is wrong with that. */
type Known = { stamp: string; workflowType: string | undefined; problems: readonly Problem[] };

class FolderLoader implements Loader {
  readonly name = 'workflow loader';
  readonly #options: Options;
  readonly #known = new Map<string, Known>();
  /** Files that have changed, as they were at the last look. */
  #moving = new Map<string, string>();
  /** Aborts when something has happened in the folder since the last look. */
  #news = new AbortController();
  #looking: Promise<void> = Promise.resolve();

  constructor(options: Options) {
    this.#options = options;
  }

  problems(): FileProblems[] {
    return [...this.#known].flatMap(([file, { problems }]) =>
      problems.length > 0 ? [{ file, problems }] : [],
    );
  }

  reload(): Promise<void> {
    return this.#next(async () => {
      this.#known.clear();
      await this.#look({ atOnce: true });
    });
  }

  async run(signal: AbortSignal): Promise<void> {
    const { ports } = this.#options;
    const onEnd = () => {
      watcher = undefined;
    };
    // Before the first look, so that nothing comes between the two.
    let watcher = this.#watch(onEnd);
    try {
      await this.reload();
      while (!signal.aborted) {
        watcher ??= this.#watch(onEnd);
        const news = this.#news.signal;
        const waitMs = this.#moving.size > 0 ? REST_MS : LOOK_MS;
        await ports.timers.sleep(waitMs, AbortSignal.any([signal, news]));
        // Events come in crowds, and before the file is whole.
        if (news.aborted) await ports.timers.sleep(REST_MS, signal);
        this.#news = new AbortController();
        if (!signal.aborted) await this.#next(() => this.#look({ atOnce: false }));
      }
    } finally {
      watcher?.close();
    }
  }

  /** Events only make a look come earlier: a folder that cannot be watched is looked at all the same. */
  #watch(onEnd: () => void): FSWatcher | undefined {
    const { folder, logger } = this.#options;
    try {
      const watcher = watch(folder, { persistent: false }, () => this.#news.abort());
      watcher.on('error', (error) => {
        logger.debug({ err: error, folder }, 'the folder of workflows is not watched any more');
        watcher.close();
        onEnd();
      });
      return watcher;
    } catch (error) {
      if (!isMissing(error))
        logger.debug({ err: error, folder }, 'the folder of workflows cannot be watched');
      return undefined;
    }
  }

  /** One look at a time. */
  #next(look: () => Promise<void>): Promise<void> {
    const done = this.#looking.then(look);
    // Whoever waits for this look hears of its failure; the next one begins all the same.
    this.#looking = done.catch(() => undefined);
    return done;
  }

  async #look({ atOnce }: { atOnce: boolean }): Promise<void> {
    const { folder } = this.#options;
    const files = listFiles(folder);
    this.#forget(new Set(files.map(({ name }) => name)));
    const changed = files.filter(({ name, stamp }) => this.#known.get(name)?.stamp !== stamp);
    const ready = changed.filter(({ name, stamp }) => atOnce || this.#moving.get(name) === stamp);
    this.#moving = new Map(
      changed.filter((file) => !ready.includes(file)).map((file) => [file.name, file.stamp]),
    );
    const texts = ready.flatMap((file) => {
      const text = this.#read(file);
      return text === undefined ? [] : [{ file, text }];
    });
    await this.#loadAll(texts);
  }

  /** Files that went: what they had loaded stays, and one that was refused for a name they had may have it now. */
  #forget(names: ReadonlySet<string>): void {
    const gone = [...this.#known.keys()].filter((name) => !names.has(name));
    for (const name of gone) this.#known.delete(name);
    if (gone.length === 0) return;
    for (const [name, { problems }] of this.#known)
      if (problems.some(({ code }) => code === DUPLICATE)) this.#known.delete(name);
  }

  #read(file: FolderFile): string | undefined {
    try {
      return readText(this.#options.folder, file);
    } catch (error) {
      if (isMissing(error)) return undefined;
      const message = `The file cannot be read: ${error instanceof Error ? error.message : String(error)}`;
      const problem: Problem = { severity: 'error', code: 'unreadable', message, line: 1, column: 1 };
      this.#note(file, { workflowType: undefined, problems: [problem] });
      return undefined;
    }
  }

  /** A workflow may start one of a file that comes after it: the names of all are known first. */
  async #loadAll(texts: readonly { file: FolderFile; text: string }[]): Promise<void> {
    const { definitions } = this.#options;
    const types = new Set([...this.#known.values()].flatMap(({ workflowType }) => workflowType ?? []));
    for (const { text } of texts) {
      const type = typeNamedIn(text);
      if (type !== undefined) types.add(type);
    }
    for (const { file, text } of texts) {
      const checked = definitions.check(text, types);
      const type = checked.ok ? checked.program.definition.workflow_type : undefined;
      const owner = type === undefined ? undefined : this.#ownerOf(type, file.name);
      if (type !== undefined && owner !== undefined)
        this.#note(file, { workflowType: undefined, problems: [duplicateProblem(type, owner)] });
      else await this.#load(file, text, types);
    }
  }

  #ownerOf(workflowType: string, name: string): string | undefined {
    return [...this.#known].find(
      ([other, known]) => other !== name && known.workflowType === workflowType,
    )?.[0];
  }

  async #load(file: FolderFile, text: string, types: ReadonlySet<string>): Promise<void> {
    const { definitions, logger } = this.#options;
    try {
      const answer = await definitions.load(text, types);
      const workflowType = answer.ok ? answer.workflow_type : undefined;
      this.#note(file, { workflowType, problems: answer.problems });
      if (!answer.ok || !answer.is_new) return;
      const { version, hash } = answer;
      logger.info({ file: file.name, workflow_type: workflowType, version, hash }, 'a workflow was loaded');
    } catch (error) {
      // The store takes nothing now; the file is as new at the next look as at this one.
      if (!isAppError(error)) throw error;
      this.#moving.set(file.name, file.stamp);
      logger.warn({ err: error, file: file.name }, 'a workflow could not be kept; it is tried again');
    }
  }

  #note({ name, stamp }: FolderFile, known: Omit<Known, 'stamp'>): void {
    this.#known.set(name, { stamp, ...known });
    const { logger } = this.#options;
    const isRefused = known.problems.some(({ severity }) => severity === 'error');
    const said = isRefused
      ? 'a workflow was refused; what was loaded before stays'
      : 'a workflow has warnings';
    const problems = known.problems.map(
      ({ line, column, code, message }) => `${line}:${column} ${code}: ${message}`,
    );
    if (problems.length > 0) logger.warn({ file: name, problems }, said);
  }
}
