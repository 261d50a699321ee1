import { createVirtualPorts } from '@holdfast/base';
import { expect, test } from 'vitest';
import { fromHex, toHex } from '../encoding/hex.ts';
import { authenticateDynamicData, iccKeyOf } from './authenticate.ts';
import { createCaKeys } from './ca-keys.ts';
import { signDynamicData } from './signed-dynamic-data.ts';
import { createTestScheme, type TestScheme } from './test-scheme.ts';

const ascii = (text: string) => new TextEncoder().encode(text);
const staticData = fromHex('5A084761739001010119');

function schemeOf(seed: number, options: Partial<Parameters<typeof createTestScheme>[0]> = {}): TestScheme {
  return createTestScheme({
    random: createVirtualPorts({ seed }).random,
    rid: fromHex('A000000099'),
    caIndex: 1,
    issuerIdentifier: ascii('476173'),
    expirationDate: fromHex('1230'),
    modulusLengths: { ca: 112, issuer: 96, icc: 80 },
    ...options,
  });
}

function cardOf(scheme: TestScheme) {
  return scheme.issueCard({ pan: ascii('4761739001010119'), expirationDate: fromHex('1228'), staticData });
}

test('one seed makes one scheme and one card, another seed others', () => {
  const [first, again, other] = [1, 1, 2].map((seed) => {
    const scheme = schemeOf(seed);
    const { data, signedStaticData } = cardOf(scheme);
    return {
      checksum: toHex(scheme.caKey.checksum),
      data,
      signedStaticData,
      ac: scheme.issuerKeys.ac.use(toHex),
    };
  });
  expect(first).toEqual(again);
  expect(first?.checksum).not.toBe(other?.checksum);
  expect(first?.ac).not.toBe(other?.ac);
});

test.each([
  { ca: 248, issuer: 144, icc: 96 },
  { ca: 144, issuer: 144, icc: 144 },
  { ca: 176, issuer: 128, icc: 64 },
])('keys of %o bytes, with the exponents of EMV, with and without remainders', (modulusLengths) => {
  for (const exponent of [3, 65537] as const) {
    const scheme = schemeOf(3, { modulusLengths, exponent });
    const card = cardOf(scheme);
    const created = createCaKeys({ keys: [scheme.caKey], revoked: [] });
    if (!created.ok) throw new Error(created.reason);
    const setting = {
      caKeys: created.caKeys,
      rid: scheme.rid,
      pan: ascii('4761739001010119'),
      transactionDate: fromHex('261120'),
    };
    const key = iccKeyOf(card.data, setting, staticData);
    if (!key.ok) throw new Error(key.reason);
    const terminalData = fromHex('01020304');
    const signature = signDynamicData({
      iccKey: card.keys.icc,
      iccDynamicNumber: fromHex('0A0B'),
      terminalData,
    });
    expect(authenticateDynamicData(key.publicKey, { signature, terminalData }).ok).toBe(true);
  }
});
