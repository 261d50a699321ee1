import { readFileSync } from 'node:fs';
import { Secret } from '@holdfast/crypto';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { hasOddParity } from '../cipher/key-check.ts';
import { fromHex, toHex } from '../encoding/hex.ts';
import { applicationCryptogram, arpcMethod1, arpcMethod2 } from './application-cryptogram.ts';
import {
  type CryptogramVersion,
  cryptogramOf,
  masterKeyFor,
  type TransactionValues,
  withArpcKey,
} from './cryptogram-version.ts';
import { iccMasterKey } from './icc-master-key.ts';
import { encipherScriptData, type ScriptEncipherment, scriptMac } from './script.ts';
import {
  commonAcSessionKey,
  commonScriptSessionKey,
  commonSessionKey,
  mastercardAcSessionKey,
  visaScriptSessionKey,
} from './session-key.ts';

type Card = { imk: string; pan: string; psn: string };
type Case = Card & {
  cvn?: number;
  r?: string;
  atc?: string;
  data: string;
  padding: 'EMV(80)' | 'Visa(00)';
  arqc: string;
  arc?: string;
  arpc1?: string;
};
type OptionB = Card & {
  r: string;
  data: string;
  arqc: string;
  csu: string;
  proprietary?: string;
  arpc2: string;
};
type Version = {
  version: CryptogramVersion;
  imk: string;
  pan: string;
  psn: number;
  atc: string;
  un?: string;
  data: string;
  arqc: string;
  arc?: string;
  arpc1?: string;
  csu?: string;
  arpc2?: string;
};
type Script = {
  sessionKey: 'visa' | 'common';
  imk: string;
  pan: string;
  psn: number;
  atc?: string;
  arqc?: string;
};
type Vectors = {
  cases: Case[];
  optionB: OptionB[];
  arpc2OfOptionA: Omit<OptionB, 'data'>[];
  versions: Version[];
  scriptMacs: (Script & { message: string; mac: string })[];
  scriptData: (Script & { scheme: ScriptEncipherment; data: string; enciphered: string })[];
};
const file = new URL('../../../../docs/vectors/payments/cryptogram.json', import.meta.url);
const vectors: Vectors = JSON.parse(readFileSync(file, 'utf8')).cryptogram;
const ascii = (text: string) => new TextEncoder().encode(text);

test.each(vectors.cases)('ARQC $arqc', (expected) => {
  const masterKey = iccMasterKey('a', cardOf(expected));
  const sessionKey = keyOf(masterKey, expected);
  const padding = expected.padding === 'EMV(80)' ? 2 : 1;
  const data = fromHex(expected.data);
  expect(toHex(applicationCryptogram(sessionKey, { data, padding }))).toBe(expected.arqc);
  data[0] = (data[0] ?? 0) ^ 1;
  expect(toHex(applicationCryptogram(sessionKey, { data, padding }))).not.toBe(expected.arqc);
  if (expected.arc === undefined) return;
  const answer = arpcMethod1(masterKey, { arqc: fromHex(expected.arqc), arc: fromHex(expected.arc) });
  expect(toHex(answer)).toBe(expected.arpc1);
});

test.each(vectors.optionB)('option B for $pan with sequence number $psn', (expected) => {
  const key = commonSessionKey(iccMasterKey('b', cardOf(expected)), fromHex(expected.r));
  const arqc = applicationCryptogram(key, { data: fromHex(expected.data), padding: 2 });
  expect(toHex(arqc)).toBe(expected.arqc);
  expect(toHex(arpc2(key, expected))).toBe(expected.arpc2);
});

test.each(vectors.arpc2OfOptionA)('ARPC $arpc2', (expected) => {
  const key = commonSessionKey(iccMasterKey('a', cardOf(expected)), fromHex(expected.r));
  expect(toHex(arpc2(key, expected))).toBe(expected.arpc2);
});

test.each(vectors.versions)('version $version', (expected) => {
  const { version, psn: panSequenceNumber } = expected;
  const issuerMasterKey = new Secret(fromHex(expected.imk));
  const masterKey = masterKeyFor(version, { issuerMasterKey, pan: ascii(expected.pan), panSequenceNumber });
  const values: TransactionValues = {
    atc: fromHex(expected.atc),
    unpredictableNumber: expected.un === undefined ? undefined : fromHex(expected.un),
  };
  const arqc = cryptogramOf(version, { masterKey, data: fromHex(expected.data), ...values });
  expect(toHex(arqc)).toBe(expected.arqc);
  const answer = withArpcKey(version, { masterKey, ...values }, (key) =>
    expected.arc === undefined
      ? arpcMethod2(key, { arqc, cardStatusUpdate: fromHex(expected.csu ?? '') })
      : arpcMethod1(key, { arqc, arc: fromHex(expected.arc) }),
  );
  expect(toHex(answer)).toBe(expected.arpc1 ?? expected.arpc2);
  expect(masterKey.use((bytes) => bytes.length)).toBe(16);
});

test.each(vectors.scriptMacs)('the code $mac of a script command', (expected) => {
  const key = scriptKey(expected);
  expect(toHex(scriptMac(key, { message: fromHex(expected.message) }))).toBe(expected.mac);
  expect(toHex(scriptMac(key, { message: fromHex(expected.message), length: 4 }))).toBe(
    expected.mac.slice(0, 8),
  );
});

test.each(vectors.scriptData)('script data by the rules of $scheme', (expected) => {
  const data = fromHex(expected.data);
  expect(toHex(encipherScriptData(scriptKey(expected), { data, scheme: expected.scheme }))).toBe(
    expected.enciphered,
  );
});

test('a command after the first has the cryptogram plus one in its key, and the highest goes round to zero', () => {
  const masterKey = new Secret(fromHex('0123456789ABCDEFFEDCBA9876543210'));
  const second = commonScriptSessionKey(masterKey, {
    applicationCryptogram: fromHex('00112233445566FF'),
    index: 1,
  });
  expect(second.use(toHex)).toBe(commonSessionKey(masterKey, fromHex('0011223344556700')).use(toHex));
  const last = commonScriptSessionKey(masterKey, {
    applicationCryptogram: fromHex('FFFFFFFFFFFFFFFF'),
    index: 1,
  });
  expect(last.use(toHex)).toBe(commonSessionKey(masterKey, new Uint8Array(8)).use(toHex));
});

test('keys have odd parity, and differ with counter, number and card', () => {
  const issuerMasterKey = new Secret(fromHex('0123456789ABCDEFFEDCBA9876543210'));
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 65534 }), fc.integer({ min: 0, max: 98 }), (counter, psn) => {
      const pan = ascii('4761739001010119');
      const masterKey = iccMasterKey('a', { issuerMasterKey, pan, panSequenceNumber: psn });
      const other = iccMasterKey('a', { issuerMasterKey, pan, panSequenceNumber: psn + 1 });
      expect(masterKey.use(toHex)).not.toBe(other.use(toHex));
      const [atc, next] = [counter, counter + 1].map((value) => Uint8Array.of(value >> 8, value & 0xff));
      if (atc === undefined || next === undefined) throw new Error('there are two counters');
      const unpredictableNumber = Uint8Array.of(1, 2, 3, 4);
      const keys = [
        masterKey,
        commonAcSessionKey(masterKey, atc),
        commonAcSessionKey(masterKey, next),
        mastercardAcSessionKey(masterKey, { atc, unpredictableNumber }),
        visaScriptSessionKey(masterKey, atc),
      ];
      for (const key of keys) expect(key.use(hasOddParity)).toBe(true);
      expect(new Set(keys.slice(1, 4).map((key) => key.use(toHex))).size).toBe(3);
    }),
    { numRuns: 50 },
  );
});

test('option A takes the last digits of number and sequence number, zeros before them', () => {
  const issuerMasterKey = new Secret(fromHex('0123456789ABCDEFFEDCBA9876543210'));
  const keyHex = (option: 'a' | 'b', pan: string) =>
    iccMasterKey(option, { issuerMasterKey, pan: ascii(pan) }).use(toHex);
  expect(keyHex('a', '9912345678901234567')).toBe(keyHex('a', '12345678901234567'));
  expect(keyHex('a', '0000000123456789')).toBe(keyHex('a', '123456789'));
  expect(keyHex('b', '1234567890123456')).toBe(keyHex('a', '1234567890123456'));
  expect(keyHex('b', '12345678901234567')).not.toBe(keyHex('a', '12345678901234567'));
});

test('lengths that EMV does not know are mistakes of the program', () => {
  const key = new Secret(new Uint8Array(16));
  expect(() => commonSessionKey(key, new Uint8Array(7))).toThrow('8 bytes');
  expect(() => commonAcSessionKey(key, new Uint8Array(3))).toThrow('2 bytes');
  expect(() => scriptMac(key, { message: new Uint8Array(5), length: 3 })).toThrow('4 to 8');
  expect(() =>
    cryptogramOf('mastercard_16', { masterKey: key, data: new Uint8Array(), atc: new Uint8Array(2) }),
  ).toThrow('unpredictable number');
});

function cardOf({ imk, pan, psn }: Card) {
  return { issuerMasterKey: new Secret(fromHex(imk)), pan: ascii(pan), panSequenceNumber: Number(psn) };
}

function keyOf(masterKey: Secret, { cvn, r, atc }: Case): Secret {
  if (r !== undefined) return commonSessionKey(masterKey, fromHex(r));
  return cvn === 10 ? masterKey : commonAcSessionKey(masterKey, fromHex(atc ?? ''));
}

function arpc2(key: Secret, { arqc, csu, proprietary = '' }: Omit<OptionB, 'data'>): Uint8Array {
  const proprietaryData = fromHex(proprietary);
  return arpcMethod2(key, { arqc: fromHex(arqc), cardStatusUpdate: fromHex(csu), proprietaryData });
}

function scriptKey({ sessionKey, imk, pan, psn, atc = '', arqc = '' }: Script): Secret {
  const issuerMasterKey = new Secret(fromHex(imk));
  const masterKey = iccMasterKey('a', { issuerMasterKey, pan: ascii(pan), panSequenceNumber: psn });
  return sessionKey === 'visa'
    ? visaScriptSessionKey(masterKey, fromHex(atc))
    : commonScriptSessionKey(masterKey, { applicationCryptogram: fromHex(arqc) });
}
