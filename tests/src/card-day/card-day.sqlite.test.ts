/** A day of 500 cards at one till, from the bytes of the simulators to the paper, as the table of the cases says. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { seeded } from '../support/seeded.ts';
import { createCardLedger, type Expected } from './card-ledger.ts';
import { DAY_CASES, type DayCase, tableOfCases } from './day-cases.ts';
import { type Ended, openDayTill } from './day-till.ts';

const SEED = 20_260_501;
const PAYMENTS = 500;
const DAY_MS = 480_000;
const READ_BY: Record<string, string> = {
  chip: 'Chip',
  contactless: 'Contactless',
  magstripe: 'Magnetic stripe',
};

/** Every case once, in the order of the table, and then as the seed draws them. */
function casesOfDay(): DayCase[] {
  const random = seeded(SEED);
  const drawn = Array.from({ length: PAYMENTS - DAY_CASES.length }, () => random.pick(DAY_CASES));
  return [...DAY_CASES, ...drawn];
}

it('500 cards end as the table says: workflow, journal and paper', { timeout: DAY_MS }, async () => {
  const till = await openDayTill(SEED);
  try {
    const ledger = createCardLedger();
    const ends = new Map<string, number>();
    for (const [index, of] of casesOfDay().entries()) {
      const expected = ledger.expect(of);
      const where = `seed ${SEED}, payment ${index + 1}: ${of.name} (${of.card})`;
      const ended = await till.pay(of);
      expect.soft(toldBy(ended), where).toEqual(expected);
      checkTraces(ended, { of, expected, where });
      ends.set(expected.end, (ends.get(expected.end) ?? 0) + 1);
    }
    expect([...ends.keys()].toSorted()).toEqual([...new Set(DAY_CASES.map(({ end }) => end))].toSorted());
    expect(ends.get('approved')).toBeGreaterThan(PAYMENTS / 8);
  } finally {
    await till.close();
  }
});

it('the page shows the table of the cases', () => {
  const page = readFileSync(new URL('../../../docs/hardware.md', import.meta.url), 'utf8');
  expect(page).toContain(`\n\n${tableOfCases()}\n`);
});

/** What the workflow tells, in the shape of what is expected of it. */
function toldBy({ instance: { status, error, state } }: Ended): object {
  const kept = state.card_payment ?? null;
  return {
    end: status === 'completed' ? 'approved' : (error?.code ?? status),
    entry: state.entry_mode ?? null,
    verification: state.cardholder_verification ?? null,
    responseCode: fieldOf(kept, 'response_code'),
    transactionCounter: fieldOf(fieldOf(kept, 'chip'), 'transaction_counter'),
  };
}

/** A payment that was approved has one entry and a receipt of its own; any other one has left nothing. */
function checkTraces(
  { instance, entries, paper }: Ended,
  { of, expected, where }: { of: DayCase; expected: Expected; where: string },
): void {
  if (expected.end !== 'approved') {
    expect.soft([entries, paper], where).toEqual([[], '']);
    return;
  }
  expect.soft(entries.length, where).toBe(1);
  const { body } = JSON.parse(entries[0] ?? '{"body":{"payload":"{}"}}');
  expect
    .soft([body.amount_total, JSON.parse(body.payload).payment?.card_payment], where)
    .toEqual([of.amount, instance.state.card_payment]);
  const cryptogram = fieldOf(fieldOf(instance.state.card_payment ?? null, 'chip'), 'cryptogram');
  const { responseCode, transactionCounter, entry } = expected;
  const lines = [
    ['Purchase', `SEK ${of.amount}`],
    ['Card read by', READ_BY[entry ?? ''] ?? ''],
  ];
  if (responseCode !== null) {
    expect.soft(fieldOf(cryptogram, 'type'), where).toBe('TC');
    lines.push(['Response code', responseCode], ['ATC', transactionCounter ?? '']);
    lines.push(['TC', String(fieldOf(cryptogram, 'value'))]);
  }
  const printed = paper.split('\n').map((line) => line.trim().split(/ {2,}/));
  for (const line of lines) expect.soft(printed, where).toContainEqual(line);
  expect.soft(paper.includes('signature'), where).toBe(expected.verification === 'signature');
}

function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return null;
  return Object.entries(value).find(([key]) => key === name)?.[1] ?? null;
}
