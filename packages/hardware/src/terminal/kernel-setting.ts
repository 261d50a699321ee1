/** What a kernel is told for one payment, out of what the terminal is. */

import type { CardPayment, KernelSetting, RiskMemory } from '@holdfast/cards';
import { currencyOf } from '@holdfast/money';
import { packedCurrency } from './currency-numbers.ts';
import { terminalTime } from './local-time.ts';
import type { PaymentTerminalOptions } from './terminal-options.ts';

/** Tag 9C of each kind. */
const TYPES = { purchase: 0x00, cash: 0x01 } as const;
const COUNTER_END = 100_000_000;

export type PaymentStart = {
  /** Zero stands for an amount that nobody knows yet. */
  amountMinor: bigint | undefined;
  /** Tag 9F41 counts on by one with each payment. */
  counter: number;
  transaction: keyof typeof TYPES;
  /** Token of the card, once it is known. */
  token(): string | undefined;
};

/** The setting of a payment that rests between its steps. */
export function kernelSetting(options: PaymentTerminalOptions, start: PaymentStart): KernelSetting {
  const { profile, authenticator, ports } = options;
  return {
    terminal: { ...profile, hasApplicationChoice: options.choose !== undefined },
    payment: paymentOf(options, start),
    authenticator,
    risk: riskOf(options, start),
    random: ports.random,
    restsAtCheckpoints: true,
  };
}

function paymentOf({ ports, timeZone, currency }: PaymentTerminalOptions, start: PaymentStart): CardPayment {
  const { date, time } = terminalTime(ports.clock.nowMs(), timeZone);
  return {
    amount: start.amountMinor ?? 0n,
    otherAmount: 0n,
    currency: packedCurrency(currency),
    currencyExponent: currencyOf(currency).exponent,
    kind: start.transaction,
    transactionType: TYPES[start.transaction],
    date,
    time,
    sequenceCounter: start.counter % COUNTER_END,
    isForcedOnline: false,
  };
}

/** The kernel asks by number; the terminal has made a token of it before, and the number goes nowhere. */
function riskOf({ risk, currency }: PaymentTerminalOptions, { token }: PaymentStart): RiskMemory {
  const ask = <T>(of: (known: string) => T, unknown: T): T => {
    const known = token();
    return known === undefined ? unknown : of(known);
  };
  return {
    lastAmount: () => ask<bigint | undefined>((known) => risk.lastAmount(known, currency), undefined),
    isOnExceptionList: () => ask((known) => risk.isListed(known), false),
  };
}
