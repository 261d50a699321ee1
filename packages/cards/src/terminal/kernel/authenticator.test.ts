import { createVirtualPorts } from '@holdfast/base';
import { expect, test } from 'vitest';
import { CardData } from '../../card-data.ts';
import { fromHex, toHex } from '../../encoding/hex.ts';
import { type CaKeys, createCaKeys } from '../../oda/ca-keys.ts';
import { decipherOfflinePin, encipherOfflinePin } from '../../oda/pin-encipherment.ts';
import { signDynamicData } from '../../oda/signed-dynamic-data.ts';
import { createTestScheme } from '../../oda/test-scheme.ts';
import { transactionDataHash } from '../../oda/transaction-data.ts';
import { encodeTlv, type TlvSource } from '../../tlv/ber-tlv.ts';
import { TSI, TVR } from '../bits.ts';
import { createContactKernel } from '../kernel.ts';
import {
  createTestCard,
  cryptogramAnswer,
  element,
  hex,
  type Sent,
  type TestApplication,
} from '../testing-card.ts';
import { AID, play, type Replies, type SettingChanges, testSetting } from '../testing-terminal.ts';
import { createAuthenticator } from './authenticator.ts';
import type { Outcome } from './outcome.ts';

const { random } = createVirtualPorts({ seed: 20_261_120 });
const PAN = '4761739001010119';
const NUMBER = '5A5A5A5A';
const CRYPTOGRAM = 'A1B2C3D4E5F60718';
const DYNAMIC_NUMBER = fromHex('0011223344556677');
const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

const scheme = createTestScheme({
  random,
  rid: fromHex(AID.slice(0, 10)),
  caIndex: 0xe1,
  issuerIdentifier: ascii('476173'),
  expirationDate: fromHex('1230'),
  modulusLengths: { ca: 128, issuer: 112, icc: 96 },
});
const keys = scheme.newCardKeys();

const STATIC: TlvSource[] = [
  element('5A', PAN),
  element('5F24', '311231'),
  element('8C', '9F37049F0206'),
  element('8D', '8A029F3704'),
  element('8E', '00000000000000000403'),
  element('9F0D', '0000000000'),
  element('9F0E', '0000000000'),
  element('9F0F', '0000000000'),
  element('9F4A', '82'),
];

function caKeys(): CaKeys {
  const made = createCaKeys({ keys: [scheme.caKey], revoked: [] });
  if (!made.ok) throw new Error(made.reason);
  return made.caKeys;
}

/** A card of the scheme whose AIP offers one method; `changed` takes an element away or gives it another value. */
function cardOf(
  aip: string,
  application: Partial<TestApplication> = {},
  changed: Record<string, string | undefined> = {},
  statics: readonly TlvSource[] = STATIC,
) {
  const issued = scheme.issueCard({
    pan: ascii(PAN),
    expirationDate: fromHex('1228'),
    staticData: Uint8Array.of(...encodeTlv(STATIC), ...fromHex(aip)),
    keys,
  });
  const { data, pinData } = issued;
  const elements: Record<string, Uint8Array | undefined> = {
    '8F': Uint8Array.of(data.caPublicKeyIndex ?? 0),
    '90': data.issuerPublicKeyCertificate,
    '92': data.issuerPublicKeyRemainder,
    '9F32': data.issuerPublicKeyExponent,
    '93': issued.signedStaticData,
    '9F46': data.iccPublicKeyCertificate,
    '9F48': data.iccPublicKeyRemainder,
    '9F47': data.iccPublicKeyExponent,
    '9F2D': pinData.iccPublicKeyCertificate,
    '9F2F': pinData.iccPublicKeyRemainder,
    '9F2E': pinData.iccPublicKeyExponent,
  };
  const present = Object.entries(elements).flatMap(([tag, value]) => {
    const text = tag in changed ? changed[tag] : value && toHex(value);
    return text === undefined ? [] : [element(tag, text)];
  });
  const records = [statics, ...present.map((one) => [one])];
  return createTestCard({
    applications: [
      {
        aid: AID,
        options: hex([element('80', `${aip}0801${records.length.toString(16).padStart(2, '0')}01`)]),
        records: { 1: records },
        cryptograms: [() => cryptogramAnswer('40')],
        ...application,
      },
    ],
  });
}

async function pay(
  card: ReturnType<typeof cardOf>,
  changes: SettingChanges = {},
  replies: Replies = {},
): Promise<Outcome> {
  const setting = { authenticator: createAuthenticator(caKeys()) };
  const application = { actionCodes: { online: fromHex('0000000800'), default: fromHex('0000000800') } };
  const kernel = createContactKernel(testSetting({ setting, application, ...changes }));
  return await play(kernel, card, replies);
}

function bitsOf(outcome: Outcome): string[] {
  if (outcome.kind === 'terminated') throw new Error(outcome.reason);
  expect(TSI.read(outcome.evidence.tsi)?.offlineDataAuthenticationPerformed).toBe(true);
  return TVR.names(TVR.read(outcome.evidence.tvr) ?? {});
}

test('SDA', async () => {
  expect(bitsOf(await pay(cardOf('4000')))).toEqual(['sdaSelected']);
  const changed = await pay(cardOf('4000', {}, { '93': '00'.repeat(112) }));
  expect(bitsOf(changed)).toEqual(['sdaFailed', 'sdaSelected']);
  const missing = await pay(cardOf('4000', {}, { '93': undefined }));
  expect(bitsOf(missing)).toEqual(['sdaFailed', 'iccDataMissing', 'sdaSelected']);
});

function dynamicSignature(terminalData: string): string {
  const signature = signDynamicData({
    iccKey: keys.icc,
    iccDynamicNumber: DYNAMIC_NUMBER,
    terminalData: fromHex(terminalData),
  });
  return hex([element('80', toHex(signature))]);
}

test('DDA over the DDOL of the terminal', async () => {
  const changes = (ddol: string): SettingChanges => ({
    application: { actionCodes: {}, defaultDdol: fromHex(ddol) },
  });
  const good = { others: { '88': ({ data }: Sent) => dynamicSignature(data) } };
  expect(bitsOf(await pay(cardOf('2000', good), changes('9F3704')))).toEqual([]);
  const replayed = { others: { '88': () => dynamicSignature('00000000') } };
  expect(bitsOf(await pay(cardOf('2000', replayed), changes('9F3704')))).toEqual(['ddaFailed']);
  // Without the terminal's number any old signature would do.
  expect(bitsOf(await pay(cardOf('2000', good), changes('9F0206')))).toEqual(['ddaFailed']);
  expect(bitsOf(await pay(cardOf('2000', good), changes('9F3700')))).toEqual(['ddaFailed']);
  expect(bitsOf(await pay(cardOf('2000', good)))).toEqual(['ddaFailed']);
  expect(await pay(cardOf('2000'), changes('9F3704'))).toMatchObject({ reason: 'card_error' });
});

/** Signs what a card answers to GENERATE AC over everything that was sent before. */
function signed(information: string, cdols: string[], cryptogram = CRYPTOGRAM): string {
  const open = [element('9F27', information), element('9F36', '0001'), element('9F10', '06010A03A4A002')];
  const hash = transactionDataHash({
    cdol1Data: fromHex(cdols[0] ?? ''),
    cdol2Data: fromHex(cdols[1] ?? ''),
    response: encodeTlv(open),
  });
  if (hash === undefined) throw new Error('the answer is TLV');
  const signature = signDynamicData({
    iccKey: keys.icc,
    iccDynamicNumber: DYNAMIC_NUMBER,
    combined: {
      cryptogramInformation: Number.parseInt(information, 16),
      applicationCryptogram: fromHex(cryptogram),
      transactionDataHash: hash,
    },
    terminalData: fromHex(NUMBER),
  });
  return hex([{ tag: '77', children: [...open, element('9F4B', toHex(signature))] }]);
}

test('CDA: the cryptogram comes out of the signature', async () => {
  const card = cardOf('0100', { cryptograms: [({ data }) => signed('40', [data])] });
  const outcome = await pay(card);
  expect(outcome).toMatchObject({ kind: 'approved', how: 'offline' });
  expect(bitsOf(outcome)).toEqual([]);
  expect(outcome.kind === 'approved' && toHex(outcome.evidence.cryptogram)).toBe(CRYPTOGRAM);
  expect(card.sent.at(-1)).toMatchObject({ ins: 'AE', p1: 0x50 });
});

test.each([
  ['over other data', () => signed('40', ['00'])],
  [
    'over another kind of cryptogram',
    ({ data }: Sent) => signed('80', [data]).replace('9F270180', '9F270140'),
  ],
  ['that is missing', () => cryptogramAnswer('40')],
])('CDA: a TC with a signature %s is declined at once', async (_what, answer) => {
  const card = cardOf('0100', { cryptograms: [answer] });
  const outcome = await pay(card);
  expect(outcome).toMatchObject({ kind: 'declined', how: 'offline', evidence: { arc: 'Z1' } });
  expect(bitsOf(outcome)).toEqual(['cdaFailed']);
  expect(card.sent.filter(({ ins }) => ins === 'AE')).toHaveLength(1);
});

test('CDA: an ARQC with a wrong signature goes nowhere, and the card is told', async () => {
  const card = cardOf('0100', { cryptograms: [() => signed('80', ['00']), () => cryptogramAnswer('00')] });
  const outcome = await pay(card);
  expect(outcome).toMatchObject({ kind: 'declined', how: 'offline' });
  expect(card.sent.at(-1)).toMatchObject({ ins: 'AE', p1: 0x00 });
});

test('CDA of the second cryptogram is over both lists', async () => {
  let first = '';
  const card = cardOf('0100', {
    cryptograms: [
      ({ data }) => {
        first = data;
        return signed('80', [data]);
      },
      ({ data }) => signed('40', [first, data], '1111111111111111'),
    ],
  });
  const outcome = await pay(
    card,
    {},
    {
      authorise: () => ({ to: 'authorise', kind: 'answered', arc: '00', isApproved: true }),
    },
  );
  expect(outcome).toMatchObject({ kind: 'approved', how: 'online' });
  expect(outcome.kind === 'approved' && toHex(outcome.evidence.cryptogram)).toBe('1111111111111111');
});

test('CDA with keys that cannot be recovered: noted before action analysis, and no signature is asked for', async () => {
  const card = cardOf('0100', {}, { '9F46': undefined });
  expect(bitsOf(await pay(card))).toEqual(['iccDataMissing', 'cdaFailed']);
  expect(card.sent.at(-1)).toMatchObject({ p1: 0x40 });
});

test('what breaks the chain of keys: an element that was changed, a certificate that has ended', async () => {
  const answering = { others: { '88': ({ data }: Sent) => dynamicSignature(data) } };
  const changes = { application: { actionCodes: {}, defaultDdol: fromHex('9F3704') } };
  const changed = STATIC.map((one) => (one.tag === '9F0E' ? element('9F0E', '0000000001') : one));
  expect(bitsOf(await pay(cardOf('2000', answering, {}, changed), changes))).toEqual(['ddaFailed']);
  const later = { ...changes, payment: { date: fromHex('290101') } };
  expect(bitsOf(await pay(cardOf('2000', answering), later))).toEqual(['ddaFailed']);
});

test.each([
  ['its own key', keys.pin, {}],
  ['the key of signatures', keys.icc, { '9F2D': undefined }],
] as const)('an enciphered PIN goes to the card under %s', async (_what, key, changed) => {
  const challenge = '0102030405060708';
  const card = cardOf(
    '5000',
    {
      others: {
        '84': () => challenge,
        '20': ({ data }) => {
          const opened = decipherOfflinePin(key, {
            data: fromHex(data),
            unpredictableNumber: fromHex(challenge),
          });
          return opened.ok && opened.pinBlock.use(toHex) === '241234FFFFFFFFFF' ? 0x9000 : 0x63c2;
        },
      },
    },
    changed,
  );
  const outcome = await pay(
    card,
    {},
    {
      offline_pin: ({ encipherment }) => {
        if (encipherment === undefined) throw new Error('the PIN is to be enciphered');
        const data = encipherOfflinePin(encipherment, {
          pinBlock: fromHex('241234FFFFFFFFFF'),
          unpredictableNumber: encipherment.challenge,
          random,
        });
        if (data === undefined) throw new Error('the key is allowed');
        return { to: 'offline_pin', kind: 'entered', block: CardData.take(data) };
      },
    },
  );
  if (outcome.kind === 'terminated') throw new Error(outcome.reason);
  expect(toHex(outcome.evidence.cvmResults)).toBe('040302');
});

test('CDA: a decline is asked for without a signature', async () => {
  const card = cardOf('0100', { cryptograms: [() => cryptogramAnswer('00')] });
  const changes = {
    application: { actionCodes: { denial: fromHex('0000008000') }, floorLimit: 1n },
  };
  const outcome = await pay(card, changes);
  expect(outcome).toMatchObject({ kind: 'declined', how: 'offline', evidence: { arc: 'Z1' } });
  expect(card.sent.at(-1)).toMatchObject({ ins: 'AE', p1: 0x00 });
});
