import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { toHex } from '../encoding/hex.ts';
import { TSI, TVR } from './bits.ts';
import { createRiskMemory, lastLoggedAmount, logged, type RiskToken } from './risk-log.ts';
import { manageTerminalRisk, type RandomSelection, type RiskSetting } from './risk-management.ts';

type Case = {
  name: string;
  floor: number;
  amount: number;
  pan?: string;
  log?: [string, number][];
  lower?: number;
  upper?: number;
  atc?: number | null;
  lastOnline?: number | null;
  tvr: string;
  tsi: string;
};

const file = new URL('../../../../docs/vectors/payments/terminal-risk-management.json', import.meta.url);
const vectors: { cases: Case[] } = JSON.parse(readFileSync(file, 'utf8')).terminalRiskManagement;

function settingOf(given: Case): RiskSetting {
  const log = (given.log ?? []).map(([token, amount]) => ({ token, amount: BigInt(amount) }));
  const { lower, upper, atc, lastOnline } = given;
  const hasLimits = lower !== undefined && upper !== undefined;
  return {
    amount: BigInt(given.amount),
    floorLimit: BigInt(given.floor),
    lastAmount: lastLoggedAmount(log, given.pan ?? ''),
    velocity: hasLimits
      ? {
          lowerLimit: lower,
          upperLimit: upper,
          atc: atc ?? undefined,
          lastOnlineAtc: lastOnline ?? undefined,
        }
      : undefined,
  };
}

test('there are ten vectors', () => {
  expect(vectors.cases).toHaveLength(10);
});

test.each(vectors.cases)('$name', (given) => {
  const { tvr, tsi } = manageTerminalRisk(settingOf(given));
  expect(toHex(TVR.write(tvr))).toBe(given.tvr);
  expect(toHex(TSI.write(tsi))).toBe(given.tsi);
});

function bitsOf(changes: Partial<RiskSetting>): string[] {
  return TVR.names(manageTerminalRisk({ amount: 5_000n, floorLimit: 10_000n, ...changes }).tvr);
}

test.each([
  [9_999n, []],
  [10_000n, ['floorLimitExceeded']],
])('at the floor limit a payment must go online: %i', (amount, bits) => {
  expect(bitsOf({ amount })).toEqual(bits);
});

test('a sale that is split counts with its other half', () => {
  expect(bitsOf({ lastAmount: 4_999n })).toEqual([]);
  expect(bitsOf({ lastAmount: 5_000n })).toEqual(['floorLimitExceeded']);
});

test('the exception list and the merchant', () => {
  expect(bitsOf({ isOnExceptionList: true })).toEqual(['cardOnExceptionFile']);
  expect(bitsOf({ isForcedOnline: true })).toEqual(['merchantForcedOnline']);
});

test('a counter that stood still or went back counts as both limits exceeded', () => {
  const both = ['lowerConsecutiveOfflineLimitExceeded', 'upperConsecutiveOfflineLimitExceeded'];
  expect(bitsOf({ velocity: { lowerLimit: 9, upperLimit: 9, atc: 7, lastOnlineAtc: 7 } })).toEqual(both);
  expect(bitsOf({ velocity: { lowerLimit: 9, upperLimit: 9, atc: 6, lastOnlineAtc: 7 } })).toEqual(both);
});

function selection(
  drawn: number,
  changes: Partial<RandomSelection> = {},
): { randomSelection: RandomSelection } {
  return {
    randomSelection: {
      targetPercent: 10,
      maximumPercent: 90,
      threshold: 1_000n,
      draw: () => drawn,
      ...changes,
    },
  };
}

test.each([
  ['below the threshold, the target itself', 999n, 10, true],
  ['below the threshold, above the target', 999n, 11, false],
  ['at the threshold', 1_000n, 10, true],
  ['half the way to the floor limit, at the interpolated percentage', 5_500n, 50, true],
  ['half the way to the floor limit, above it', 5_500n, 51, false],
  ['just below the floor limit', 9_999n, 89, true],
  ['just below the floor limit, at the maximum', 9_999n, 90, false],
])('random selection: %s', (_what, amount, drawn, isSelected) => {
  expect(bitsOf({ amount, ...selection(drawn) })).toEqual(isSelected ? ['selectedRandomlyForOnline'] : []);
});

test('at the floor limit nothing is drawn', () => {
  const draw = (): number => {
    throw new Error('drawn');
  };
  expect(bitsOf({ amount: 10_000n, ...selection(1, { draw }) })).toEqual(['floorLimitExceeded']);
});

test('what a larger amount lets through, a smaller one does too', () => {
  const amounts = fc.tuple(fc.bigInt({ min: 0n, max: 9_999n }), fc.bigInt({ min: 0n, max: 9_999n }));
  fc.assert(
    fc.property(amounts, fc.integer({ min: 1, max: 99 }), ([one, other], drawn) => {
      const [small, large] = one < other ? [one, other] : [other, one];
      const isSelected = (amount: bigint): boolean => bitsOf({ amount, ...selection(drawn) }).length > 0;
      expect(isSelected(small) && !isSelected(large)).toBe(false);
    }),
  );
});

test.each([
  [{ threshold: 10_000n }],
  [{ threshold: -1n }],
  [{ targetPercent: 91 }],
  [{ maximumPercent: 100 }],
  [{ draw: () => 0 }],
  [{ draw: () => 100 }],
])('a configuration that makes no sense is refused: %o', (changes) => {
  expect(() => bitsOf(selection(50, changes))).toThrow();
});

test('the log: the most recent entry of the same card', () => {
  const log = [
    { token: 'a', amount: 1n },
    { token: 'b', amount: 2n },
    { token: 'a', amount: 3n },
  ];
  expect(lastLoggedAmount(log, 'a')).toBe(3n);
  expect(lastLoggedAmount(log, 'c')).toBeUndefined();
});

test('a log drops its oldest entries', () => {
  const entries = ['a', 'b', 'c'].map((token) => ({ token, amount: 1n }));
  const log = entries.reduce<typeof entries>((kept, entry) => logged(kept, entry, 2), []);
  expect(log.map(({ token }) => token)).toEqual(['b', 'c']);
});

test('the memory knows cards by their tokens; a number that is listed bars all of its cards', () => {
  const tokenOf: RiskToken = (pan, psn) => `${pan.length}-${psn ?? 'all'}`;
  const memory = createRiskMemory({
    log: [{ token: '3-1', amount: 7n }],
    exceptions: { version: '1', tokens: new Set(['3-2', '4-all']) },
    tokenOf,
  });
  expect(memory.lastAmount(new Uint8Array(3), 1)).toBe(7n);
  expect(memory.lastAmount(new Uint8Array(3), 2)).toBeUndefined();
  expect(memory.isOnExceptionList(new Uint8Array(3), 2)).toBe(true);
  expect(memory.isOnExceptionList(new Uint8Array(3), 1)).toBe(false);
  expect(memory.isOnExceptionList(new Uint8Array(4), 9)).toBe(true);
});
