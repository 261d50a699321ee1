import { createVirtualPorts } from '@holdfast/base';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { concatBytes } from '../cipher/bytes.ts';
import { generateRsaKey } from '../cipher/rsa-key-pair.ts';
import { openIccCertificate } from './icc-certificate.ts';
import { openIssuerCertificate } from './issuer-certificate.ts';
import { FORMAT, FRAME_LENGTH, recover, sign } from './recovery.ts';
import { openSignedDynamicData } from './signed-dynamic-data.ts';
import { openSignedStaticData } from './signed-static-data.ts';

const { random } = createVirtualPorts({ seed: 11 });
const key = generateRsaKey({ modulusLength: 112, exponent: 3, random });
const SPACE = 112 - FRAME_LENGTH;
const EXPONENT = Uint8Array.of(3);
const PAN = new TextEncoder().encode('4761739001010119');

/** A signature over contents that begin as given and are filled up. */
function signed(format: number, start: readonly number[]): Uint8Array {
  const contents = concatBytes(Uint8Array.from(start), new Uint8Array(SPACE - start.length).fill(0xbb));
  return sign(contents, { key, format, rest: [EXPONENT] });
}

function issuerReason(head: readonly number[], remainder?: Uint8Array): string {
  const certificate = signed(FORMAT.issuerCertificate, [
    0x47,
    0x61,
    0x73,
    0xff,
    0x12,
    0x30,
    0,
    0,
    1,
    ...head,
  ]);
  const opened = openIssuerCertificate({ certificate, remainder, exponent: EXPONENT }, key.publicKey);
  return opened.ok ? 'ok' : opened.reason;
}

function dynamicReason(start: readonly number[]): string {
  const opened = openSignedDynamicData(signed(FORMAT.dynamicData, start), key.publicKey);
  return opened.ok ? 'ok' : opened.reason;
}

test('a block is opened with its own key and format alone', () => {
  const block = signed(FORMAT.staticData, [1, 2, 3]);
  const opened = recover(block, { key: key.publicKey, format: FORMAT.staticData });
  expect(opened.ok && opened.contents.subarray(0, 3)).toEqual(Uint8Array.of(1, 2, 3));
  expect(opened.ok && opened.isHashOf(EXPONENT)).toBe(true);
  expect(opened.ok && opened.isHashOf()).toBe(false);
  const failure = { ok: false, reason: 'recovery' };
  expect(recover(block, { key: key.publicKey, format: FORMAT.dynamicData })).toEqual(failure);
  const other = generateRsaKey({ modulusLength: 112, exponent: 3, random }).publicKey;
  expect(recover(block, { key: other, format: FORMAT.staticData })).toEqual(failure);
});

test('a certificate whose issuer signed nonsense is refused for what is wrong with it', () => {
  expect(issuerReason([1, 1, 70, 1])).toBe('ok');
  expect(issuerReason([2, 1, 70, 1])).toBe('hash_algorithm');
  expect(issuerReason([1, 2, 70, 1])).toBe('key_algorithm');
  expect(issuerReason([1, 1, 70, 3])).toBe('key_form');
  expect(issuerReason([1, 1, 0, 1])).toBe('key_form');
  expect(issuerReason([1, 1, 255, 1])).toBe('data_missing');
  expect(issuerReason([1, 1, 255, 1], new Uint8Array(255 - 76).fill(0xff))).toBe('key_form');
  expect(issuerReason([1, 1, 70, 1], Uint8Array.of(1))).toBe('key_form');
});

test('dynamic data whose lengths contradict each other are refused', () => {
  expect(dynamicReason([1, 3, 2, 0xaa, 0xbb])).toBe('ok');
  expect(dynamicReason([2, 3, 2, 0xaa, 0xbb])).toBe('hash_algorithm');
  expect(dynamicReason([1, 0, 2])).toBe('dynamic_data');
  expect(dynamicReason([1, 2, 2])).toBe('dynamic_data');
  expect(dynamicReason([1, 2, 1])).toBe('dynamic_data');
  expect(dynamicReason([1, 20, 9])).toBe('dynamic_data');
  expect(dynamicReason([1, 255, 8])).toBe('dynamic_data');
  expect(dynamicReason([1, SPACE - 1, 8])).toBe('dynamic_data');
});

test('static data with another hash algorithm are refused', () => {
  const opened = openSignedStaticData(signed(FORMAT.staticData, [2, 0, 0]), key.publicKey);
  expect(opened).toEqual({ ok: false, reason: 'hash_algorithm' });
});

test('bytes from a card make nothing throw, whatever their length', () => {
  const bytes = fc.uint8Array({ maxLength: 260 });
  fc.assert(
    fc.property(bytes, bytes, bytes, bytes, (certificate, remainder, modulus, block) => {
      const data = { certificate, remainder, exponent: EXPONENT };
      const fitting = { modulus: modulus.slice(0, certificate.length), exponent: EXPONENT };
      for (const publicKey of [key.publicKey, { modulus, exponent: EXPONENT }, fitting]) {
        expect(openIssuerCertificate(data, publicKey).ok).toBe(false);
        expect(openIccCertificate(data, { issuerKey: publicKey, pan: PAN }).ok).toBe(false);
        expect(openSignedStaticData(block, publicKey).ok).toBe(false);
        expect(openSignedDynamicData(block, publicKey).ok).toBe(false);
      }
    }),
    { numRuns: 200 },
  );
});
