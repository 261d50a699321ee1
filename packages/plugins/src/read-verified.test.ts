import { sha256Hex } from '@holdfast/crypto';
import { expect, test } from 'vitest';
import { readVerified } from './read-verified.ts';

test('what is no file is not read, were it empty and of the right name', () => {
  const sha256 = sha256Hex(new Uint8Array());
  for (const path of ['/dev/null', '/dev/zero', '/dev'])
    expect(readVerified({ path, sha256, bytesMax: 10 })).toEqual({ kind: 'other', why: 'it is no file' });
});
