import { expect, test } from 'vitest';
import { fromHex } from '../encoding/hex.ts';
import {
  type ActionSetting,
  analyseAction,
  analyseUnableToGoOnline,
  isAnswerAllowed,
} from './action-analysis.ts';

const NONE = fromHex('0000000000');
const FLOOR = fromHex('0000008000');

function setting(changes: Partial<ActionSetting> = {}): ActionSetting {
  const none = { denial: NONE, online: NONE, default: NONE };
  return { tvr: FLOOR, tac: none, iac: none, communication: 'offline_with_online', ...changes };
}

test('nothing that anybody minds: offline', () => {
  expect(analyseAction(setting())).toEqual({ request: 'TC', arc: 'Y1' });
  expect(analyseUnableToGoOnline(setting())).toEqual({ request: 'TC', arc: 'Y3' });
});

test.each(['tac', 'iac'] as const)('denial by the %s comes first', (who) => {
  const codes = { denial: FLOOR, online: FLOOR, default: FLOOR };
  expect(analyseAction(setting({ [who]: codes }))).toEqual({ request: 'AAC', arc: 'Z1' });
});

test.each(['tac', 'iac'] as const)('online by the %s', (who) => {
  const codes = { denial: NONE, online: FLOOR, default: NONE };
  expect(analyseAction(setting({ [who]: codes }))).toEqual({ request: 'ARQC' });
  // A bit that is not set in the TVR does not count.
  expect(analyseAction(setting({ [who]: codes, tvr: fromHex('0000004000') }))).toEqual({
    request: 'TC',
    arc: 'Y1',
  });
});

test.each(['tac', 'iac'] as const)(
  'the default by the %s counts only if the issuer was not reached',
  (who) => {
    const codes = { denial: NONE, online: NONE, default: FLOOR };
    expect(analyseAction(setting({ [who]: codes }))).toEqual({ request: 'TC', arc: 'Y1' });
    expect(analyseUnableToGoOnline(setting({ [who]: codes }))).toEqual({ request: 'AAC', arc: 'Z3' });
  },
);

test('an offline-only terminal decides by the default at once', () => {
  const codes = { denial: NONE, online: FLOOR, default: FLOOR };
  const offline = { communication: 'offline_only' } as const;
  expect(analyseAction(setting({ ...offline, iac: codes }))).toEqual({ request: 'AAC', arc: 'Z1' });
  expect(analyseAction(setting({ ...offline, iac: { ...codes, default: NONE } }))).toEqual({
    request: 'TC',
    arc: 'Y1',
  });
  expect(analyseUnableToGoOnline(setting(offline))).toEqual({ request: 'TC', arc: 'Y1' });
  expect(analyseUnableToGoOnline(setting({ ...offline, iac: codes }))).toEqual({ request: 'AAC', arc: 'Z1' });
});

test('an online-only terminal asks the issuer unless it must deny, and declines without it', () => {
  const online = { communication: 'online_only' } as const;
  expect(analyseAction(setting(online))).toEqual({ request: 'ARQC' });
  expect(analyseAction(setting({ ...online, tac: { denial: FLOOR } }))).toEqual({
    request: 'AAC',
    arc: 'Z1',
  });
  expect(analyseUnableToGoOnline(setting(online))).toEqual({ request: 'AAC', arc: 'Z3' });
});

test('codes that do not exist: of the issuer none deny, all go online and none may be left offline; of the acquirer none count', () => {
  expect(analyseAction(setting({ iac: {} }))).toEqual({ request: 'ARQC' });
  expect(analyseUnableToGoOnline(setting({ iac: {} }))).toEqual({ request: 'AAC', arc: 'Z3' });
  expect(analyseAction(setting({ tac: {} }))).toEqual({ request: 'TC', arc: 'Y1' });
  expect(analyseAction(setting({ iac: {}, tvr: NONE }))).toEqual({ request: 'TC', arc: 'Y1' });
});

test('a card may go down and never up', () => {
  const types = ['AAC', 'ARQC', 'TC'] as const;
  for (const [requested, one] of types.entries()) {
    for (const [answered, other] of types.entries()) {
      expect(isAnswerAllowed(one, other, 'first')).toBe(answered <= requested);
      expect(isAnswerAllowed(one, other, 'second')).toBe(answered <= requested && other !== 'ARQC');
    }
  }
});

test('codes of another length are a defect of the caller', () => {
  expect(() => analyseAction(setting({ tac: { denial: fromHex('00') } }))).toThrow('as long as');
});
