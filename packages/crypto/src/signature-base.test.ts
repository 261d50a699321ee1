import { constants, createHmac, createPublicKey, verify } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createVerifier, importSigningKey } from './ed25519.ts';
import { type Component, signatureBase } from './signature-base.ts';

/** The test request of RFC 9421 appendix B.2, by component. */
const REQUEST: Record<string, string> = {
  date: 'Tue, 20 Apr 2021 02:07:55 GMT',
  '@method': 'POST',
  '@path': '/foo',
  '@query': '?param=Value&Pet=dog',
  '@authority': 'example.com',
  'content-type': 'application/json',
  'content-digest':
    'sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:',
  'content-length': '18',
};
const components = (...names: string[]): Component[] => names.map((name) => [name, REQUEST[name] ?? '']);
const list = (...names: string[]): string => `(${names.map((name) => `"${name}"`).join(' ')})`;

describe('RFC 9421 appendix B.2', () => {
  test('B.2.1: nothing covered', () => {
    const params = '();created=1618884473;keyid="test-key-rsa-pss";nonce="b3k2pp5k7z-50gnwp.yemd"';
    expect(signatureBase([], params)).toBe(`"@signature-params": ${params}`);
  });

  test('B.2.3: full coverage, its RSA-PSS signature verifies', () => {
    const names = [
      'date',
      '@method',
      '@path',
      '@query',
      '@authority',
      'content-type',
      'content-digest',
      'content-length',
    ];
    const base = signatureBase(
      components(...names),
      `${list(...names)};created=1618884473;keyid="test-key-rsa-pss"`,
    );
    expect(base).toBe(
      '"date": Tue, 20 Apr 2021 02:07:55 GMT\n"@method": POST\n"@path": /foo\n"@query": ?param=Value&Pet=dog\n' +
        '"@authority": example.com\n"content-type": application/json\n"content-digest": sha-512=:WZDPaVn/7XgHaAy8pm' +
        'ojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:\n"content-length": 18\n' +
        '"@signature-params": ("date" "@method" "@path" "@query" "@authority" "content-type" "content-digest" ' +
        '"content-length");created=1618884473;keyid="test-key-rsa-pss"',
    );
    const key = createPublicKey({
      key: Buffer.from(
        'MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAr4tmm3r20Wd/PbqvP1s2+QEtvpuRaV8Yq40gjUR8y2Rjxa6dpG2GXHbPfvMs8ct+' +
          'Lh1GH45x28Rw3Ry53mm+oAXjyQ86OnDkZ5N8lYbggD4O3w6M6pAvLkhk95AndTrifbIFPNU8PPMO7OyrFAHqgDsznjPFmTOtCEcN2Z1FpWgc' +
          'hwuYLPL+Wokqltd11nqqzi+bJ9cvSKADYdUAAN5WUtzdpiy6LbTgSxP7ociU4Tn0g5I6aDZJ7A8Lzo0KSyZYoA485mqcO0GVAdVw9lq4aOT9' +
          'v6d+nb4bnNkQVklLQ3fVAvJm+xdDOp9LCNCN48V2pnDOkFV6+U9nV5oyc6XI2wIDAQAB',
        'base64',
      ),
      format: 'der',
      type: 'spki',
    });
    const signature =
      'bbN8oArOxYoyylQQUU6QYwrTuaxLwjAC9fbY2F6SVWvh0yBiMIRGOnMYwZ/5MR6fb0Kh1rIRASVxFkeGt683+qRpRRU5p2voTp768ZrCUb38K0fU' +
      'xN0O0iC59DzYx8DFll5GmydPxSmme9v6ULbMFkl+V5B1TP/yPViV7KsLNmvKiLJH1pFkh/aYA2HXXZzNBXmIkoQoLd7YfW91kE9o/CCoC1xMy7JA' +
      '1ipwvKvfrs65ldmlu9bpG6A9BmzhuzF8Eim5f8ui9eH8LZH896+QIF61ka39VBrohr9iyMUJpvRX2Zbhl5ZJzSRxpJyoEZAFL2FUo5fTIztsDZKE' +
      'gM4cUA==';
    const pss = { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 64 };
    expect(verify('sha512', Buffer.from(base), pss, Buffer.from(signature, 'base64'))).toBe(true);
  });

  test('B.2.5: the HMAC is that of the RFC', () => {
    const names = ['date', '@authority', 'content-type'];
    const base = signatureBase(
      components(...names),
      `${list(...names)};created=1618884473;keyid="test-shared-secret"`,
    );
    const secret = Buffer.from(
      'uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==',
      'base64',
    );
    expect(createHmac('sha256', secret).update(base).digest('base64')).toBe(
      'pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=',
    );
  });

  test('B.2.6: the Ed25519 signature is that of the RFC, byte for byte', () => {
    const names = ['date', '@method', '@path', '@authority', 'content-type', 'content-length'];
    const base = signatureBase(
      components(...names),
      `${list(...names)};created=1618884473;keyid="test-key-ed25519"`,
    );
    const key = importSigningKey(
      Buffer.from('MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF', 'base64'),
    );
    expect(Buffer.from(key.publicKey).toString('base64')).toBe(
      'JrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=',
    );
    const signature = key.sign(Buffer.from(base));
    expect(signature.toString('base64')).toBe(
      'wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==',
    );
    expect(createVerifier().verify(key.publicKey, Buffer.from(base), signature)).toBe(true);
  });
});

test('a value of two lines never enters a base', () => {
  expect(() => signatureBase([['@path', '/a\n"@method": DELETE']], '()')).toThrow('one line');
});
