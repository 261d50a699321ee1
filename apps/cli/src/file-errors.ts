/**
 * Errors of the file system as an operator is told them. A path that was mistyped, a folder where a file belongs or a
 * full disk is no defect of the program; everywhere else such an error has been put into words before it comes here.
 */
import { AppError } from '@holdfast/base';

/** Why, by the name that Node gives the error. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  ENOTDIR: 'a part of that path is a file and no folder',
  EISDIR: 'it is a folder',
  EEXIST: 'something else has that name',
  ENOTEMPTY: 'the folder is not empty',
  EACCES: 'this user may not',
  EPERM: 'this user may not',
  EROFS: 'the disk takes no writes',
  EIO: 'the disk does not answer as it should',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'its links lead in a circle',
};
const FULL = new Set(['ENOSPC', 'EDQUOT']);

/** The error in the words of the table, `no_room` or `file_unusable`; undefined for any other kind. */
export function asFileError(error: unknown): AppError | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return undefined;
  const code = String(error.code);
  const path = 'path' in error && typeof error.path === 'string' ? error.path : undefined;
  if (FULL.has(code)) {
    const where = path === undefined ? 'The disk' : `The disk of ${path}`;
    return new AppError('no_room', `${where} is full.`, { cause: error });
  }
  const reason = REASONS[code];
  if (reason === undefined) return undefined;
  // What reads from an open file names no path.
  const what = path ?? 'What was named';
  return new AppError('file_unusable', `${what} cannot be used: ${reason} (${code}).`, { cause: error });
}
