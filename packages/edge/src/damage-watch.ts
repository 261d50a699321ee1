/**
 * What a running edge has noticed of its store: a page that cannot be read, or a disk that takes nothing. It is kept in
 * memory: such a store may not take it, and one that was mended meanwhile must not keep it.
 */
import { isAppError } from '@holdfast/base';
import type { Logger } from '@holdfast/runtime';
import { isPageError, mapPageError } from './store/page-error.ts';
import type { Writer } from './writer/writer.ts';

export type DamageWatch = {
  /** What a person must do; undefined while nothing is wrong. */
  readonly attention: string | undefined;
  /** Looks at an error that somebody met; the log hears once of what is wrong. */
  note(error: unknown): void;
  /** The store took something. What was wrong with a page stays so. */
  noteWritten(): void;
};

const PAGE =
  'A page of the store on this disk cannot be read. What needs it fails, perhaps every sale. Look at the disk; keep the files, stop the edge, and restore a backup: holdfast edge restore FILE.';
const UNWRITABLE =
  'The store cannot be written: nothing is taken until it can. Look at the disk, and at the log of the edge.';

/** A watch that has noticed nothing. */
export function createDamageWatch(logger: Logger): DamageWatch {
  let isPageLost = false;
  let isUnwritable = false;
  return {
    get attention() {
      if (isPageLost) return PAGE;
      return isUnwritable ? UNWRITABLE : undefined;
    },
    note(error) {
      const mapped = mapPageError(error);
      if (isPageError(mapped)) {
        if (!isPageLost)
          logger.error({ err: mapped }, 'a page of the store cannot be read: holdfast doctor --pages');
        isPageLost = true;
      } else if (isAppError(mapped, 'store_unavailable')) {
        if (!isUnwritable) logger.error({ err: mapped }, 'the store cannot be written');
        isUnwritable = true;
      }
    },
    noteWritten() {
      if (isUnwritable) logger.info('the store can be written again');
      isUnwritable = false;
    },
  };
}

/** The writer, of whose commands the watch hears what became. */
export function watchedWriter(writer: Writer, damage: DamageWatch): Writer {
  return {
    failed: writer.failed,
    get waiting() {
      return writer.waiting;
    },
    submit(command) {
      const done = writer.submit(command);
      done.then(damage.noteWritten, damage.note); // Beside the caller, who hears of it as well.
      return done;
    },
    close: () => writer.close(),
  };
}
