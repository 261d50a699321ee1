import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { contentDigest, isContentDigestOf } from './content-digest.ts';

test('RFC 9530 appendix B and RFC 9421 section 2.1: {"hello": "world"}, with and without a line feed', () => {
  const withFeed = 'sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:';
  const without = 'sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:';
  expect(contentDigest(Buffer.from('{"hello": "world"}\n'))).toBe(withFeed);
  expect(contentDigest(Buffer.from('{"hello": "world"}'))).toBe(without);
});

test('only the one spelling passes', () => {
  const body = Buffer.from('body');
  const good = contentDigest(body);
  const sha512 = `sha-512=:${createHash('sha512').update(body).digest('base64')}:`;
  expect(isContentDigestOf(good, body)).toBe(true);
  const others = [
    sha512,
    `${sha512}, ${good}`,
    `${good}, ${good}`,
    ` ${good}`,
    good.toUpperCase(),
    `${good};a`,
    '',
  ];
  for (const other of others) expect(isContentDigestOf(other, body), other).toBe(false);
  expect(isContentDigestOf(good, Buffer.from('other'))).toBe(false);
});
