import { expect, test } from 'vitest';
import { fromHex, toHex } from '../encoding/hex.ts';
import { TERMINAL_CAPABILITIES, TSI, TVR } from './bits.ts';
import { type CvmAnswer, type CvmQuestion, type CvmSetting, verifyCardholder } from './cvm.ts';
import { parseCvmList } from './cvm-list.ts';
import { writeCvmResults } from './cvm-results.ts';

const ALL = {
  plainOfflinePin: true,
  onlinePin: true,
  signature: true,
  encipheredOfflinePin: true,
  noCvmRequired: true,
};

function capabilities(changes: Partial<typeof ALL> = {}): CvmSetting['capabilities'] {
  return { ...TERMINAL_CAPABILITIES.none(), ...ALL, ...changes };
}

function setting(changes: Partial<CvmSetting> = {}): CvmSetting {
  return {
    amount: 500n,
    transactionCurrency: 0x0752,
    applicationCurrency: 0x0752,
    transaction: 'purchase',
    isAttended: true,
    capabilities: capabilities(),
    ...changes,
  };
}

type Run = { results: string; tvr: string[]; questions: CvmQuestion[]; isSignatureRequired: boolean };

/** Runs a list of rules; X is 400, Y is 1000. */
function run(rules: string, changes: Partial<CvmSetting> = {}, answers: CvmAnswer['kind'][] = []): Run {
  const parsed = parseCvmList(fromHex(`00000190000003E8${rules}`));
  if (!parsed.ok) throw new Error(parsed.reason);
  const steps = verifyCardholder(parsed.list, setting(changes));
  const questions: CvmQuestion[] = [];
  let step = steps.next();
  while (step.done !== true) {
    questions.push(step.value);
    const kind = answers[questions.length - 1];
    if (kind === undefined) throw new Error('a question without an answer');
    step = steps.next({ kind });
  }
  const { results, tvr, tsi, isSignatureRequired } = step.value;
  expect(TSI.names(tsi)).toEqual(['cardholderVerificationPerformed']);
  return { results: toHex(writeCvmResults(results)), tvr: TVR.names(tvr), questions, isSignatureRequired };
}

const FAILED = 'cardholderVerificationFailed';

test.each([
  ['no condition holds', '1F01', {}, '3F0001', [FAILED]],
  ['the method is not supported', '1F00', { noCvmRequired: false }, '3F0001', [FAILED]],
  ['the method is not understood', '1100', {}, '3F0001', [FAILED, 'unrecognisedCvm']],
  ['a biometric method is understood and not supported', '0800', {}, '3F0001', [FAILED]],
  ['failing', '0000', {}, '000001', [FAILED]],
  ['failing ends the list', '40001F00', {}, '400001', [FAILED]],
  ['signature', '1E00', {}, '1E0000', []],
  ['signature with a next rule', '5E03', {}, '5E0300', []],
  ['no verification', '1F03', {}, '1F0302', []],
  ['no verification with a next rule', '5F00', {}, '5F0002', []],
])('table 2 of Book 4 6.3.4.5: %s', (_what, rules, can, results, tvr) => {
  const outcome = run(rules, { capabilities: capabilities(can) });
  expect(outcome.results).toBe(results);
  expect(new Set(outcome.tvr)).toEqual(new Set(tvr));
  expect(outcome.questions).toEqual([]);
  expect(outcome.isSignatureRequired).toBe(rules.startsWith('1E') || rules.startsWith('5E'));
});

test.each([
  ['verified', '410302', []],
  ['failed', '410301', [FAILED]],
  ['try_limit_exceeded', '410301', [FAILED, 'pinTryLimitExceeded']],
  ['bypassed', '410301', [FAILED, 'pinNotEntered']],
  ['pad_not_working', '410301', [FAILED, 'pinPadNotWorking']],
] as const)('an offline PIN that is %s', (kind, results, tvr) => {
  const outcome = run('4103', {}, [kind]);
  expect(outcome).toMatchObject({ results, questions: [{ ask: 'offline_pin', isEnciphered: false }] });
  expect(outcome.tvr).toEqual(tvr);
});

test('an online PIN that is captured is neither successful nor failed yet', () => {
  expect(run('0200', {}, ['captured'])).toMatchObject({ results: '020000', tvr: ['onlinePinEntered'] });
  expect(run('0200', {}, ['bypassed'])).toMatchObject({ results: '020001', tvr: [FAILED, 'pinNotEntered'] });
});

test('PIN and signature: both are needed, and the outcome is unknown', () => {
  expect(run('0300', {}, ['verified'])).toMatchObject({
    results: '030000',
    isSignatureRequired: true,
    tvr: [],
  });
  expect(run('0500', {}, ['verified'])).toMatchObject({
    results: '050000',
    questions: [{ ask: 'offline_pin', isEnciphered: true }],
  });
  expect(run('0300', {}, ['failed'])).toMatchObject({ results: '030001', isSignatureRequired: false });
  const withoutSignature = { capabilities: capabilities({ signature: false }) };
  expect(run('0300', withoutSignature)).toMatchObject({ results: '3F0001', questions: [], tvr: [FAILED] });
});

test('after a failure the next rule counts only if the rule allows it', () => {
  expect(run('41001E00', {}, ['failed'])).toMatchObject({ results: '1E0000', tvr: [] });
  expect(run('01001E00', {}, ['failed'])).toMatchObject({ results: '010001', tvr: [FAILED] });
});

test('the bits of a PIN stay when a later method is successful', () => {
  expect(run('41001F00', {}, ['try_limit_exceeded'])).toMatchObject({
    results: '1F0002',
    tvr: ['pinTryLimitExceeded'],
  });
});

test('the last method that was performed stands, when those after it were not', () => {
  const can = { capabilities: capabilities({ signature: false }) };
  expect(run('41035E001F01', can, ['failed'])).toMatchObject({ results: '410301', tvr: [FAILED] });
});

test('a PIN that was bypassed is not asked for again, a failed one is', () => {
  expect(run('44004100', {}, ['bypassed'])).toMatchObject({
    results: '410001',
    tvr: [FAILED, 'pinNotEntered'],
  });
  expect(run('44004100', {}, ['failed', 'verified'])).toMatchObject({ results: '410002', tvr: [] });
});

test('an online PIN may be entered where the tries of the offline PIN are used up', () => {
  expect(run('41000200', {}, ['try_limit_exceeded', 'captured']).tvr).toEqual([
    'pinTryLimitExceeded',
    'onlinePinEntered',
  ]);
});

test('a terminal without the PIN that is asked for notes that it has no PIN pad for it', () => {
  const noPin = { plainOfflinePin: false, encipheredOfflinePin: false, onlinePin: false };
  expect(run('41001F00', { capabilities: capabilities(noPin) }).tvr).toEqual(['pinPadNotWorking']);
  expect(run('42001F00', { capabilities: capabilities(noPin) }).tvr).toEqual(['pinPadNotWorking']);
  // It takes the other offline PIN, so it does have a PIN pad.
  expect(run('41001F00', { capabilities: capabilities({ plainOfflinePin: false }) }).tvr).toEqual([]);
  // Of a method that it asks for only if supported, nothing is noted.
  expect(run('41031F00', { capabilities: capabilities(noPin) }).tvr).toEqual([]);
});

test('a terminal without online PIN still asks for an offline PIN afterwards', () => {
  const can = { capabilities: capabilities({ onlinePin: false }) };
  expect(run('42000100', can, ['verified'])).toMatchObject({ results: '010002', tvr: ['pinPadNotWorking'] });
});

/** Condition codes against what a payment is; `true` where the rule applies. */
const CONDITIONS: readonly [string, string, Partial<CvmSetting>, boolean][] = [
  ['always', '00', {}, true],
  ['unattended cash', '01', { transaction: 'cash', isAttended: false }, true],
  ['unattended cash', '01', { transaction: 'cash', isAttended: true }, false],
  ['unattended cash', '01', { transaction: 'purchase', isAttended: false }, false],
  ['neither cash nor cashback', '02', {}, true],
  ['neither cash nor cashback', '02', { transaction: 'cash' }, false],
  ['neither cash nor cashback', '02', { transaction: 'cash', isAttended: false }, false],
  ['neither cash nor cashback', '02', { transaction: 'cashback' }, false],
  ['manual cash', '04', { transaction: 'cash', isAttended: true }, true],
  ['manual cash', '04', { transaction: 'cash', isAttended: false }, false],
  ['cashback', '05', { transaction: 'cashback' }, true],
  ['cashback', '05', {}, false],
  ['under X', '06', { amount: 399n }, true],
  ['under X', '06', { amount: 400n }, false],
  ['over X', '07', { amount: 401n }, true],
  ['over X', '07', { amount: 400n }, false],
  ['under Y', '08', { amount: 999n }, true],
  ['under Y', '08', { amount: 1000n }, false],
  ['over Y', '09', { amount: 1001n }, true],
  ['over Y', '09', { amount: 1000n }, false],
  ['under X in another currency', '06', { amount: 1n, applicationCurrency: 0x0978 }, false],
  ['over Y without a currency of the card', '09', { amount: 5000n, applicationCurrency: undefined }, false],
  ['a condition that is not understood', '0A', {}, false],
  ['a condition of a payment system', '80', {}, false],
];

test.each(CONDITIONS)('condition %s (%s) for %o: %s', (_what, code, changes, applies) => {
  expect(run(`1F${code}`, changes).results).toBe(applies ? `1F${code}02` : '3F0001');
});
