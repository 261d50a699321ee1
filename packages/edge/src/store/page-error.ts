/**
 * A page that is not what was written: its authentication fails, or what lies on it makes no sense. A start refuses such
 * a store; an edge that runs meets the page in the middle of its work, and says so in these words.
 */
import { AppError, isAppError } from '@holdfast/base';
import Database from 'better-sqlite3-multiple-ciphers';

/** An error of such a page becomes `store_page_unreadable`; anything else stays as it is. */
export function mapPageError(error: unknown): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  const isOfPage = error.code.startsWith('SQLITE_CORRUPT') || error.code === 'SQLITE_NOTADB';
  if (!isOfPage) return error;
  return new AppError('store_page_unreadable', undefined, { cause: error, headers: { 'retry-after': '5' } });
}

/** True for what {@link mapPageError} makes, also of another thread. */
export function isPageError(error: unknown): error is AppError {
  return isAppError(error, 'store_page_unreadable');
}
