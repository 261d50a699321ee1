import { createVirtualPorts } from '@holdfast/base';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { concatBytes } from '../cipher/bytes.ts';
import { fromHex, toHex } from '../encoding/hex.ts';
import { encodeTlv } from '../tlv/ber-tlv.ts';
import {
  authenticateCombined,
  authenticateDynamicData,
  authenticateStaticData,
  type CardKeyData,
  iccKeyOf,
  issuerKeyOf,
  type OdaSetting,
} from './authenticate.ts';
import { createCaKeys, type RevokedCertificate } from './ca-keys.ts';
import { isIssuerOf, openIssuerCertificate } from './issuer-certificate.ts';
import { type OdaRefusal, tvrBitsOf } from './refusal.ts';
import { signDynamicData } from './signed-dynamic-data.ts';
import { createTestScheme } from './test-scheme.ts';
import { transactionDataHash } from './transaction-data.ts';

const ascii = (text: string) => new TextEncoder().encode(text);
const { random } = createVirtualPorts({ seed: 42 });
const PAN = '4761739001010119';
const RID = fromHex('A000000099');
const DATE = fromHex('261120');
const STATIC_DATA = fromHex('5F24031512315A084761739001010119');

const scheme = createTestScheme({
  random,
  rid: RID,
  caIndex: 0xe1,
  issuerIdentifier: ascii('476173'),
  expirationDate: fromHex('1230'),
});
const cardKeys = scheme.newCardKeys();
const card = scheme.issueCard({
  pan: ascii(PAN),
  expirationDate: fromHex('1228'),
  staticData: STATIC_DATA,
  keys: cardKeys,
});

function settingWith(values: Partial<OdaSetting> = {}, revoked: RevokedCertificate[] = []): OdaSetting {
  const created = createCaKeys({ keys: [scheme.caKey], revoked });
  if (!created.ok) throw new Error(created.reason);
  return { caKeys: created.caKeys, rid: RID, pan: ascii(PAN), transactionDate: DATE, ...values };
}

test('a card of a test scheme passes every method', () => {
  const setting = settingWith();
  const signature = card.signedStaticData;
  const sda = authenticateStaticData(card.data, setting, { signature, staticData: STATIC_DATA });
  expect(sda).toEqual({ ok: true, dataAuthenticationCode: fromHex('DAC0') });
  const key = iccKeyOf(card.data, setting, STATIC_DATA);
  if (!key.ok) throw new Error(key.reason);
  expect(key.publicKey).toEqual(cardKeys.icc.publicKey);
  const terminalData = fromHex('01020304');
  const dda = authenticateDynamicData(key.publicKey, {
    signature: signDynamicData({ iccKey: cardKeys.icc, iccDynamicNumber: fromHex('0A0B0C'), terminalData }),
    terminalData,
  });
  expect(dda).toEqual({ ok: true, iccDynamicNumber: fromHex('0A0B0C') });
  const pinKey = iccKeyOf(card.pinData, setting, new Uint8Array());
  expect(pinKey.ok && pinKey.publicKey).toEqual(cardKeys.pin.publicKey);
});

test('the key of PINs is no key for signatures, since its certificate vouches for no data', () => {
  expect(iccKeyOf(card.pinData, settingWith(), STATIC_DATA)).toEqual({ ok: false, reason: 'hash' });
});

const ISSUER_SERIAL = (() => {
  const { issuerPublicKeyCertificate: certificate, issuerPublicKeyRemainder: remainder } = card.data;
  if (certificate === undefined) throw new Error('the card has a certificate');
  const opened = openIssuerCertificate({ certificate, remainder, exponent: Uint8Array.of(3) }, scheme.caKey);
  if (!opened.ok) throw new Error(opened.reason);
  return opened.certificate.serialNumber;
})();
const REVOKED = { rid: RID, index: 0xe1, serialNumber: ISSUER_SERIAL };

test.each<[OdaRefusal, Partial<CardKeyData>, OdaSetting]>([
  ['data_missing', { caPublicKeyIndex: undefined }, settingWith()],
  ['data_missing', { issuerPublicKeyCertificate: undefined }, settingWith()],
  ['data_missing', { issuerPublicKeyExponent: undefined }, settingWith()],
  ['data_missing', { issuerPublicKeyRemainder: undefined }, settingWith()],
  ['data_missing', { iccPublicKeyCertificate: new Uint8Array() }, settingWith()],
  ['data_missing', { iccPublicKeyExponent: undefined }, settingWith()],
  ['data_missing', { iccPublicKeyRemainder: undefined }, settingWith()],
  ['ca_key_missing', { caPublicKeyIndex: 0xe2 }, settingWith()],
  ['ca_key_missing', {}, settingWith({ rid: fromHex('A000000003') })],
  ['signature_length', { issuerPublicKeyCertificate: new Uint8Array(175) }, settingWith()],
  ['signature_length', { iccPublicKeyCertificate: new Uint8Array(145) }, settingWith()],
  ['recovery', { iccPublicKeyCertificate: new Uint8Array(144).fill(1) }, settingWith()],
  ['key_form', { iccPublicKeyExponent: fromHex('010001') }, settingWith()],
  ['hash', { iccPublicKeyRemainder: new Uint8Array(26).fill(0x55) }, settingWith()],
  ['issuer_identifier', {}, settingWith({ pan: ascii('4761749001010119') })],
  ['pan', {}, settingWith({ pan: ascii('4761739001010127') })],
  ['pan', {}, settingWith({ pan: ascii('476173900101011') })],
  ['certificate_expired', {}, settingWith({ transactionDate: fromHex('310101') })],
  ['certificate_expired', {}, settingWith({ transactionDate: fromHex('290101') })],
  ['certificate_revoked', {}, settingWith({}, [REVOKED])],
])('%s', (reason, changes, setting) => {
  expect(iccKeyOf({ ...card.data, ...changes }, setting, STATIC_DATA)).toEqual({ ok: false, reason });
});

test('certificates are valid through the last day of their month', () => {
  for (const date of ['281231', '281201']) {
    expect(iccKeyOf(card.data, settingWith({ transactionDate: fromHex(date) }), STATIC_DATA).ok).toBe(true);
  }
  expect(issuerKeyOf(card.data, settingWith({ transactionDate: fromHex('301231') })).ok).toBe(true);
  for (const date of ['AA1231', '281331', '2812']) {
    expect(issuerKeyOf(card.data, settingWith({ transactionDate: fromHex(date) })).ok).toBe(false);
  }
});

test('a key of the authority beyond its month is not used', () => {
  const created = createCaKeys({
    keys: [{ ...scheme.caKey, expires: { year: 2026, month: 10 } }],
    revoked: [],
  });
  if (!created.ok) throw new Error(created.reason);
  expect(issuerKeyOf(card.data, settingWith({ caKeys: created.caKeys }))).toEqual({
    ok: false,
    reason: 'ca_key_expired',
  });
  const setting = settingWith({ caKeys: created.caKeys, transactionDate: fromHex('261031') });
  expect(issuerKeyOf(card.data, setting).ok).toBe(true);
});

test('revocation is by scheme, index and serial number together', () => {
  const others = [
    { ...REVOKED, rid: fromHex('A000000098') },
    { ...REVOKED, index: 0xe2 },
    { ...REVOKED, serialNumber: REVOKED.serialNumber.map((byte) => byte ^ 1) },
  ];
  expect(issuerKeyOf(card.data, settingWith({}, others)).ok).toBe(true);
});

test('static data that were changed, moved or cut are not vouched for', () => {
  const setting = settingWith();
  const signature = card.signedStaticData;
  fc.assert(
    fc.property(fc.nat(STATIC_DATA.length - 1), fc.integer({ min: 1, max: 255 }), (at, bits) => {
      const changed = STATIC_DATA.with(at, (STATIC_DATA[at] ?? 0) ^ bits);
      for (const staticData of [changed, STATIC_DATA.subarray(0, at)]) {
        const refusal = { ok: false, reason: 'hash' };
        expect(iccKeyOf(card.data, setting, staticData)).toEqual(refusal);
        expect(authenticateStaticData(card.data, setting, { signature, staticData })).toEqual(refusal);
      }
    }),
    { numRuns: 20 },
  );
});

test('every truncated, lengthened or changed certificate is refused', () => {
  const setting = settingWith();
  const names = [
    'issuerPublicKeyCertificate',
    'iccPublicKeyCertificate',
    'issuerPublicKeyRemainder',
    'iccPublicKeyRemainder',
  ] as const;
  fc.assert(
    fc.property(
      fc.constantFrom(...names),
      fc.nat(175),
      fc.integer({ min: 1, max: 255 }),
      (name, at, bits) => {
        const whole = card.data[name];
        if (whole === undefined) throw new Error('the card has it');
        const index = at % whole.length;
        const broken = [
          whole.subarray(0, index),
          concatBytes(whole, Uint8Array.of(bits)),
          whole.with(index, (whole[index] ?? 0) ^ bits),
        ];
        for (const value of broken)
          expect(iccKeyOf({ ...card.data, [name]: value }, setting, STATIC_DATA).ok).toBe(false);
      },
    ),
    { numRuns: 60 },
  );
});

test('a signature that is missing counts as data missing, one of another method as a wrong one', () => {
  const key = cardKeys.icc.publicKey;
  const terminalData = fromHex('01020304');
  const none = authenticateDynamicData(key, { signature: undefined, terminalData });
  expect(none).toEqual({ ok: false, reason: 'data_missing' });
  const staticNone = authenticateStaticData(card.data, settingWith(), {
    signature: undefined,
    staticData: STATIC_DATA,
  });
  expect(staticNone).toEqual({ ok: false, reason: 'data_missing' });
  const signature = signDynamicData({
    iccKey: cardKeys.icc,
    iccDynamicNumber: fromHex('0A0B'),
    terminalData,
  });
  expect(
    authenticateCombined(key, { ...expectedCda(), signature, unpredictableNumber: terminalData }),
  ).toEqual({
    ok: false,
    reason: 'dynamic_data',
  });
});

const CDOL1 = fromHex('000000001000000000000000');
const RESPONSE = [
  { tag: '9F27', value: Uint8Array.of(0x40) },
  { tag: '9F36', value: fromHex('0007') },
  { tag: '9F10', value: fromHex('06011203A00000') },
];
const UNPREDICTABLE = fromHex('CAFEBABE');

function expectedCda() {
  const signedResponse = [
    ...RESPONSE.slice(0, 2),
    { tag: '9F4B', value: new Uint8Array(128) },
    ...RESPONSE.slice(2),
  ];
  const hash = transactionDataHash({ cdol1Data: CDOL1, response: encodeTlv(signedResponse) });
  return {
    signature: cdaSignature(),
    unpredictableNumber: UNPREDICTABLE,
    cryptogramInformation: 0x40,
    transactionDataHash: hash,
  };
}

function cdaSignature(): Uint8Array {
  const hash = transactionDataHash({ cdol1Data: CDOL1, response: encodeTlv(RESPONSE) });
  if (hash === undefined) throw new Error('the response is BER-TLV');
  const combined = {
    cryptogramInformation: 0x40,
    applicationCryptogram: fromHex('1122334455667788'),
    transactionDataHash: hash,
  };
  return signDynamicData({
    iccKey: cardKeys.icc,
    iccDynamicNumber: random.bytes(8),
    combined,
    terminalData: UNPREDICTABLE,
  });
}

test('CDA hands out the cryptogram, and refuses another kind, another transaction or another number', () => {
  const key = cardKeys.icc.publicKey;
  const passed = authenticateCombined(key, expectedCda());
  expect(passed.ok && toHex(passed.applicationCryptogram)).toBe('1122334455667788');
  const reasonOf = (changes: Partial<ReturnType<typeof expectedCda>>) => {
    const result = authenticateCombined(key, { ...expectedCda(), ...changes });
    return result.ok ? 'ok' : result.reason;
  };
  expect(reasonOf({ cryptogramInformation: 0x80 })).toBe('cryptogram_information');
  expect(reasonOf({ transactionDataHash: new Uint8Array(20) })).toBe('transaction_data');
  expect(reasonOf({ transactionDataHash: undefined })).toBe('transaction_data');
  expect(reasonOf({ unpredictableNumber: fromHex('CAFEBABF') })).toBe('hash');
  expect(reasonOf({ signature: new Uint8Array(128).fill(1) })).toBe('recovery');
});

test('the transaction data are all that was sent and answered, in order', () => {
  const hashOf = (response: Uint8Array, pdolData?: Uint8Array) =>
    transactionDataHash({ pdolData, cdol1Data: CDOL1, response });
  const response = encodeTlv(RESPONSE);
  expect(hashOf(concatBytes(Uint8Array.of(0, 0), response))).toEqual(hashOf(response));
  expect(hashOf(encodeTlv(RESPONSE.toReversed()))).not.toEqual(hashOf(response));
  expect(hashOf(response, Uint8Array.of(1))).not.toEqual(hashOf(response));
  for (let length = 1; length < 5; length += 1)
    expect(hashOf(response.subarray(0, length - 5))).toBeUndefined();
});

test.each([
  ['476173FF', PAN, true],
  ['47617390', PAN, true],
  ['476FFFFF', PAN, true],
  ['47FFFFFF', PAN, false],
  ['FFFFFFFF', PAN, false],
  ['476173F0', PAN, false],
  ['476A73FF', PAN, false],
  ['476174FF', PAN, false],
  ['47617390', '4761739', false],
])('an issuer %s of the number %s: %s', (identifier, pan, isOf) => {
  expect(isIssuerOf({ issuerIdentifier: fromHex(identifier), pan: ascii(pan) })).toBe(isOf);
});

test('what a failure sets in the TVR', () => {
  expect(tvrBitsOf('sda', 'hash')).toEqual(['sdaFailed']);
  expect(tvrBitsOf('dda', 'data_missing')).toEqual(['ddaFailed', 'iccDataMissing']);
  expect(tvrBitsOf('cda', 'transaction_data')).toEqual(['cdaFailed']);
});
