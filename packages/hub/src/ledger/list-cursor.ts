/** Cursors of the hub's lists: the key of the last row shown, as base64url. They hold no secret and need no MAC. */
import { AppError } from '@holdfast/base';
import { fromBase64Url, toBase64Url } from '@holdfast/crypto';

/** The cursor after the row with this key. */
export function listCursor(key: string): string {
  return toBase64Url(Buffer.from(key));
}

/** The key in a cursor. Throws AppError `invalid_cursor` unless `pattern` fits it. */
export function keyOfCursor(cursor: string, pattern: RegExp): string {
  const key = fromBase64Url(cursor)?.toString('utf8');
  if (key === undefined || !pattern.test(key)) throw new AppError('invalid_cursor');
  return key;
}
