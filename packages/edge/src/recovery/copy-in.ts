/**
 * Brings what is to be restored beside the store. A backup is a file alone; a store that was put aside, or copied, may
 * have its last sales in the log beside it, and without that log it would pass for whole.
 */
import { lstatSync, statSync } from 'node:fs';
import { chmod, copyFile } from 'node:fs/promises';
import { AppError, isAppError } from '@holdfast/base';
import { openForWriting, type StoreKey } from '../store/open.ts';
import { freeBytes } from '../writer/room.ts';

/**
 * Copies `file` to `next`, with its log if it has one; what is there then is one file. `isBackup` says that a manifest
 * told of the file: it has no log. Throws `no_room` unless `roomBytes` are left, and what opening throws.
 */
export async function copyIn(
  file: string,
  next: StoreKey,
  { isBackup, roomBytes }: { isBackup: boolean; roomBytes: number },
): Promise<void> {
  const endings = isBackup ? [''] : ['', '-wal'];
  // A log is a file beside it: a pipe or a link of that name was put there by somebody else.
  const present = endings.filter(
    (ending) => ending === '' || lstatSync(`${file}${ending}`, { throwIfNoEntry: false })?.isFile(),
  );
  const bytes = present.reduce((sum, ending) => sum + statSync(`${file}${ending}`).size, 0);
  if (freeBytes(next.path) < bytes + roomBytes)
    throw new AppError('no_room', `${bytes + roomBytes} bytes are needed beside ${next.path} for ${file}.`);
  for (const ending of present) {
    await copyFile(`${file}${ending}`, `${next.path}${ending}`);
    await chmod(`${next.path}${ending}`, 0o600);
  }
  if (!isBackup) foldLog(next);
}

/** An error about the copy, told of the file that the copy was made of. */
export function aboutFile(error: unknown, { file, copy }: { file: string; copy: string }): unknown {
  if (!isAppError(error) || !error.message.includes(copy)) return error;
  const cause = { cause: error };
  if (error.code === 'no_room') return error;
  if (error.code === 'key_wrong')
    return new AppError(
      'backup_damaged',
      `The key does not open ${file}: it is no backup, its first page is damaged, or it was made under another key, which --backup-key FILE names.`,
      cause,
    );
  return new AppError('backup_damaged', error.message.replaceAll(copy, file), cause);
}

/** Writes the log into the database, which then is a file alone, as a backup is. */
function foldLog(next: StoreKey): void {
  const db = openForWriting(next);
  try {
    db.pragma('journal_mode = DELETE');
  } finally {
    db.close();
  }
}
