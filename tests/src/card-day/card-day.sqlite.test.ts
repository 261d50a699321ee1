/** A day of 500 cards at the tills of a chain, from the bytes of the simulators to the paper, as the table says. */
import { readFileSync } from 'node:fs';
import { must } from '@holdfast/base';
import { expect, it } from 'vitest';
import { withTempFolder } from '../support/temp-folder.ts';
import type { Expected } from './card-ledger.ts';
import { DAY_CASES, tableOfCases } from './day-cases.ts';
import type { DayRemains } from './day-remains.ts';
import type { DayTill, Ended } from './day-till.ts';
import { PAYMENTS, type Played, playDay } from './play-day.ts';
import { readPrintJob } from './print-job.ts';

const SEED = 20_260_501;
const DAY_MS = 300_000;
const COPIES = [1, 2];
const READ_BY: Record<string, string> = {
  chip: 'Chip',
  contactless: 'Contactless',
  magstripe: 'Magnetic stripe',
};
/** What stands before an amount; a letter that is no ASCII is a question mark. */
const SYMBOLS: Record<string, string> = { SEK: 'SEK ', EUR: '?', USD: 'US$' };
const NO_ASCII = /[^\x20-\x7e]/g;

it('500 cards end as the table says: workflow, journal and paper', { timeout: DAY_MS }, async () => {
  const played: Played[] = [];
  await withTempFolder((folder) =>
    playDay({
      seed: SEED,
      folder,
      onPayment(each) {
        played.push(each);
        const told = toldBy(each.ended);
        expect.soft(told, each.where).toEqual(whatMustBeTold(each.expected));
        if (told.end === each.expected.end) checkTraces(each);
      },
      async beforeClose(till, remains) {
        await checkCopies(till, played);
        checkRemains(remains, till);
      },
    }),
  );
  const names = (of: Iterable<string>) => [...new Set(of)].toSorted();
  expect(played.length).toBe(PAYMENTS);
  expect(names(played.map(({ of }) => of.name))).toEqual(names(DAY_CASES.map(({ name }) => name)));
  expect(names(played.map(({ expected }) => expected.end))).toEqual(names(DAY_CASES.map(({ end }) => end)));
  const approved = played.filter(({ expected }) => expected.end === 'approved');
  expect(approved.length).toBeGreaterThan(PAYMENTS / 2);
  expect(approved.filter(({ expected }) => expected.responseCode === 'Y3').length).toBeGreaterThan(5);
  expect(played.filter(({ expected }) => expected.isSpent).length).toBeGreaterThan(3);
});

it('the page shows the table of the cases', () => {
  const page = readFileSync(new URL('../../../docs/hardware.md', import.meta.url), 'utf8');
  const [, section = ''] = page.split('\n## A day of cards\n');
  const shown = section
    .split('\n## ')[0]
    ?.split('\n\n')
    .find((part) => part.startsWith('| Case |'));
  expect(shown?.trim()).toBe(tableOfCases().trim());
});

/** What the workflow tells, in the shape of what is expected of it. */
function toldBy({
  instance: { status, error, state },
}: Ended): Record<keyof Omit<Expected, 'isSpent'>, unknown> {
  const kept = state.card_payment ?? null;
  return {
    end: status === 'completed' ? 'approved' : (error?.code ?? status),
    entry: state.entry_mode ?? null,
    verification: state.cardholder_verification ?? null,
    responseCode: fieldOf(kept, 'response_code'),
    transactionCounter: fieldOf(fieldOf(kept, 'chip'), 'transaction_counter'),
  };
}

function whatMustBeTold({ isSpent: _, ...told }: Expected): Omit<Expected, 'isSpent'> {
  return told;
}

/** A payment that was approved has one entry and a receipt of its own; any other one has left nothing. */
function checkTraces({ ended, of, expected, where }: Played): void {
  const { instance, entries, paper, job } = ended;
  if (expected.end !== 'approved') {
    expect.soft([entries, paper, job.length], where).toEqual([[], '', 0]);
    return;
  }
  expect.soft(entries.length, where).toBe(1);
  const { body } = JSON.parse(entries[0] ?? '{"body":{"payload":"{}"}}');
  expect
    .soft([body.amount_total, body.currency, JSON.parse(body.payload).payment?.card_payment], where)
    .toEqual([of.amount, instance.state.currency, instance.state.card_payment]);
  checkReceipt({ ended, of, expected, where });
}

/** The receipt, out of the bytes that the printer received. */
function checkReceipt({ ended, of, expected, where }: Omit<Played, 'till'>): void {
  const { state } = ended.instance;
  const cryptogram = fieldOf(fieldOf(state.card_payment ?? null, 'chip'), 'cryptogram');
  const { responseCode, transactionCounter, entry } = expected;
  const rows = [
    ['Purchase', `${SYMBOLS[String(state.currency)]}${of.amount}`],
    ['Card read by', READ_BY[entry ?? ''] ?? ''],
  ];
  if (responseCode !== null) {
    expect.soft(fieldOf(cryptogram, 'type'), where).toBe('TC');
    rows.push(['Response code', responseCode], ['ATC', transactionCounter ?? '']);
    rows.push(['TC', String(fieldOf(cryptogram, 'value'))]);
  }
  const { lines, qrCodes, cuts } = readPrintJob(ended.job);
  const printed = lines.map((line) => line.trim().split(/ {2,}/));
  for (const row of rows) expect.soft(printed, where).toContainEqual(row);
  expect.soft(lines.join('\n').includes('signature'), where).toBe(expected.verification === 'signature');
  expect.soft(lines.join('\n').includes('PIN verified'), where).toBe(expected.verification === 'pin');
  expect.soft([qrCodes, cuts], where).toEqual([[state.receipt_code], 1]);
  // What a person sees is what the bytes say.
  const seen = ended.paper.split('\n').map((line) => line.trim().replaceAll(NO_ASCII, '?'));
  for (const line of lines) expect.soft(seen, where).toContain(line.trim());
}

/** A receipt of the day that is printed again is the same but for the mark, which counts. */
async function checkCopies(till: DayTill, played: readonly Played[]): Promise<void> {
  const sale = played.findLast((each) => each.till === till && each.expected.end === 'approved');
  const { instance, job } = must(sale, 'a card was approved at every till').ended;
  const original = readPrintJob(job).lines;
  expect.soft(original.join('\n')).not.toContain('COPY');
  for (const copy of COPIES) {
    const bytes = await till.reprint(String(instance.state.edge_transaction_id), copy);
    const { lines } = readPrintJob(bytes);
    const marks = lines.filter((line) => line.includes('COPY')).map((line) => line.trim());
    expect
      .soft([marks, lines.filter((line) => !line.includes('COPY'))])
      .toEqual([[`COPY ${copy}`], original]);
  }
}

/** What whoever searches the remains counts on. A card's data that reached the log would be named there as left out. */
function checkRemains({ logFile, printed, secrets }: DayRemains, { edge }: DayTill): void {
  const log = readFileSync(logFile, 'utf8');
  expect.soft(log).toContain('a workflow tells');
  expect.soft(log).not.toContain('do_not_log');
  expect.soft(printed.length).toBeGreaterThan(COPIES.length);
  for (const number of secrets.numbers) expect.soft(number).toMatch(/^\d{15,16}$/);
  for (const pin of secrets.pins) expect.soft(pin).toMatch(/^\d{12}$/);
  expect.soft(new Set(secrets.numbers).size).toBe(edge.context.devices.simulated?.wallet.cards.length);
}

function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return null;
  return Object.entries(value).find(([key]) => key === name)?.[1] ?? null;
}
