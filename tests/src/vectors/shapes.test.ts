/** Vectors of other hands: other spellings, lists for single things, values of unknown names, cases that are malformed. */
import { expect, it } from 'vitest';
import { type Outcome, runVectors } from './run-vectors.ts';

const IMK = '0123456789ABCDEFFEDCBA9876543210';
const IK = '6AC292FAA1315B4D858AB3A3D7D5933A';
const DUKPT = { bdk: IMK, iksn: 'FFFF9876543210E00000', ik: IK };
const AES = { bdk: 'FEDCBA9876543210F1F1F1F1F1F1F1F1', ikid: '1234567890123456' };
const KSN = '123456789012345600000001';
const AES_IK = '1273671EA26AC29AFA4D1084127652A1';
const TRANSACTION = { ksn: KSN, txnKey: '4F21B565BAD9835E112B6465635EAE44' };
const CRYPTOGRAM = {
  imk: IMK,
  pan: '9901234567890123',
  psn: '45',
  r: '1234567890123456',
  data: '0123456789ABCDEF0123456789ABCDEF',
  arqc: '4B46013359B7A58B',
};
const BLOCK = { pin: '1234', pan: '5555555551234567', block: '041261AAAAEDCBA9' };
const RISK = { floor: 10_000, amount: 5000, tvr: '0000000000', tsi: '0800' };
const DRAWN = { ...RISK, target: 20, maxTarget: 80, threshold: 2000, tvr: '0000001000' };
const QR = '1D286B04003141320';

async function outcomesOf(section: string, value: unknown): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for await (const outcome of runVectors(new Map([[section, value]]))) outcomes.push(outcome);
  return outcomes;
}

it.each<[what: string, section: string, value: unknown]>([
  ['names in another spelling', 'dukptTdes', { BDK: IMK, ipek: IK, initial_ksn: DUKPT.iksn }],
  ['digits in lower case and in groups', 'berTlv', { ok: [['9c01 ff', { '9c': 'f f' }]] }],
  ['a list of sections', 'dukptTdes', [DUKPT, DUKPT]],
  ['a single thing for a list', 'pinBlocks', { format0: BLOCK }],
  ['a list for a single thing', 'tracks', { track2: [{ raw: '4000340000000506=2512111', svc: '111' }] }],
  ['a list of another name', 'terminalRiskManagement', { borders: [RISK] }],
  ['remarks', 'luhn', { title: 'x', valid: [{ number: '18', comment: 'short' }] }],
  ['whole numbers for digits', 'luhn', { valid: [18], invalid: [19] }],
  [
    'values that are left out',
    'terminalRiskManagement',
    { cases: [{ floor: 2, amount: 1, tvr: '0000000000' }] },
  ],
  ['a draw that is just below', 'terminalRiskManagement', { cases: [{ ...DRAWN, random: 42 }] }],
  ['tags that JSON takes for numbers', 'berTlv', { ok: [['9A0101950102', { '9A': '01', 95: '02' }]] }],
  ['a tag that is there twice', 'berTlv', { ok: [['9C01AA9C01BB', { '9C': ['AA', 'BB'] }]] }],
  ['an unreadable block that must be refused', 'pinBlocks', { rejectFormat0: [{ ...BLOCK, block: '041' }] }],
  ['a number that must be refused', 'pinBlocks', { rejectFormat0: [{ ...BLOCK, pan: '5555A' }] }],
  ['a track that must be refused', 'tracks', { rejectTrack2: ['4000340000000506=2513111'] }],
  [
    'a serial number that must be refused',
    'dukptAes128',
    { ...AES, rejectKsn: ['1234567890123456FFFFFFFF'] },
  ],
  ['an unknown name of a key check value', 'cryptogram', { cases: [{ ...CRYPTOGRAM, ofSession: '099592' }] }],
  [
    'an unknown name of a working key',
    'dukptAes128',
    {
      ...AES,
      own: [{ ksn: KSN, forBothWays: 'A308E080DD15A1B741F1721BF67DE11C' }],
    },
  ],
  [
    'a working key of a code',
    'dukptAes128',
    {
      ...AES,
      own: { ksn: KSN, hmacRespKey128: '6123B83ED0F9F13DF07F15DF51BE7609' },
    },
  ],
  [
    'keys without the name of the first',
    'dukptAes128',
    { bdk: AES.bdk, ik: AES_IK, pin: '1234', own: [TRANSACTION] },
  ],
  ['keys of an initial key alone', 'dukptAes128', { ik: AES_IK, own: [TRANSACTION] }],
  [
    'a message of another packaging',
    'iso8583',
    {
      packed: {
        rawHex: '0200400000000000000015378282246310005F',
        f: { t: '0200', p: '4000000000000000', 2: '378282246310005' },
      },
    },
  ],
  ['a command by its name', 'escpos', { alignRight: '1B6102', cutFull: '1D5600', statusPaper: '100404' }],
])('%s hold: %s', async (_, section, value) => {
  const outcomes = await outcomesOf(section, value);
  expect(outcomes.filter(({ ok }) => !ok)).toEqual([]);
  expect(outcomes.length).toBeGreaterThan(0);
});

it.each<[what: string, section: string, value: unknown]>([
  ['an empty list of sections', 'dukptTdes', []],
  ['an empty case', 'pinBlocks', { format4: [{}] }],
  ['a key that lacks a parity', 'dukptTdes', { ...DUKPT, bdk: '0023456789ABCDEFFEDCBA9876543210' }],
  ['an unknown name of no value', 'cryptogram', { cases: [{ ...CRYPTOGRAM, ofSession: '099593' }] }],
  ['an unknown name of no key', 'dukptAes128', { ...AES, own: [{ ksn: KSN, forBothWays: IK }] }],
  ['a draw that is just above', 'terminalRiskManagement', { cases: [{ ...DRAWN, random: 43 }] }],
  ['what must be refused and is read', 'pinBlocks', { rejectFormat0: [BLOCK] }],
  ['a number of another track', 'tracks', { rejectTrack2: ['4000340000000506=2512111'] }],
  ['a command of another name', 'escpos', { alignLeft: '1B6102' }],
  ['a command that the printer does not know', 'escpos', { qrModel: QR }],
  ['tags in another order of values', 'berTlv', { ok: [['9A0101950102', { '9A': '02', 95: '01' }]] }],
])('%s does not hold: %s', async (_, section, value) => {
  const outcomes = await outcomesOf(section, value);
  expect(outcomes.some(({ ok }) => !ok)).toBe(true);
});

it('a case that is malformed fails by itself', async () => {
  const cases = [null, 7, [], { floor: 'x' }, { ...RISK, log: [[1]] }, RISK];
  const outcomes = await outcomesOf('terminalRiskManagement', { cases });
  expect(outcomes.map(({ ok }) => ok)).toEqual([false, false, false, false, false, true]);
  expect(outcomes.every(({ ok, reason }) => ok || typeof reason === 'string')).toBe(true);
});
