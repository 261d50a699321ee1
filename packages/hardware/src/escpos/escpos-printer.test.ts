import { escPosCut, escPosInitialise } from '@holdfast/commerce';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSimulatedPrinter, type SimulatedPrinter } from '../simulated/printer.ts';
import { inTime, virtualTime } from '../testing-time.ts';
import { createEscPosPrinter } from './escpos-printer.ts';

const NEVER = new AbortController().signal;
const LINES = ['Holdfast', 'Coffee            32.00', 'Total             32.00'];
const JOB = jobOf(LINES);

function jobOf(lines: readonly string[]): Uint8Array {
  return Buffer.concat([
    escPosInitialise(),
    Buffer.from(lines.map((line) => `${line}\n`).join(''), 'latin1'),
    escPosCut('partial'),
  ]);
}

function create(of: Partial<Parameters<typeof createSimulatedPrinter>[0]> = {}) {
  const time = virtualTime();
  const printer = createSimulatedPrinter({ timers: time.timers, random: time.random, ...of });
  const print = (bytes = JOB, signal = NEVER) => inTime(time, printer.print({ key: 'k', signal, bytes }));
  return { time, printer, print };
}

function linesOf({ paper }: SimulatedPrinter): string[] {
  return paper.flatMap((what) => (what.kind === 'line' ? [what.text] : []));
}

test('prints, and says so when it is on paper', async () => {
  const { time, printer, print } = create({ lineMs: 500 });
  expect(await print()).toEqual({ kind: 'done' });
  expect(linesOf(printer)).toEqual(LINES);
  expect(printer.paper.at(-1)).toEqual({ kind: 'cut', cut: 'partial' });
  expect(time.clock.monotonicMs()).toBeGreaterThanOrEqual(3 * 500);
  expect(await inTime(time, printer.status())).toEqual({
    kind: 'receipt_printer',
    name: 'simulated printer',
    state: 'ready',
    attention: null,
    facts: { jobs: 0, confirmed_by: 'process_id' },
  });
});

test.each<[string, (printer: SimulatedPrinter) => void, string]>([
  ['the cover is open', ({ body }) => body.openCover(), 'cover_open'],
  ['there is no paper', ({ body }) => body.setPaper(0), 'paper_out'],
  ['the head is hot', ({ body }) => body.fail('clears_itself'), 'printer_error'],
  ['the cutter is blocked', ({ body }) => body.fail('recoverable', true), 'printer_error'],
  ['it is blocked', ({ body }) => body.fail('recoverable'), 'printer_error'],
  ['it has failed', ({ body }) => body.fail('unrecoverable'), 'printer_error'],
  ['it is off', ({ body }) => body.powerOff(), 'printer_unavailable'],
  [
    'its cable is cut',
    ({ cable }) => {
      cable.state = 'cut';
    },
    'printer_unavailable',
  ],
  [
    'nothing gets through',
    ({ cable }) => {
      cable.state = 'hanging';
    },
    'printer_unavailable',
  ],
])('nothing is printed while %s', async (_, arrange, code) => {
  const { printer, print, time } = create();
  arrange(printer);
  expect(await print()).toEqual({ kind: 'failed', code, message: expect.stringMatching(/\.$/) });
  expect(printer.paper).toEqual([]);
  const status = await inTime(time, printer.status());
  expect(status.state).toBe(code === 'printer_unavailable' ? 'gone' : 'attention');
  expect(status.attention).toMatch(/\.$/);
});

test('paper that ends in the middle leaves half of it printed; a new roll brings the rest', async () => {
  const { printer, print, time } = create({ paperMm: 8 });
  expect(await print()).toEqual({
    kind: 'unknown',
    message: expect.stringMatching(/^Put a new roll of paper into the printer\./),
  });
  expect(linesOf(printer)).toEqual(LINES.slice(0, 2));
  printer.body.setPaper(80_000);
  await time.advance(1_000);
  expect(linesOf(printer)).toEqual(LINES);
});

test('switched off in the middle the rest is gone', async () => {
  const { printer, time } = create({ lineMs: 1_000 });
  const printing = printer.print({ key: 'k', signal: NEVER, bytes: JOB });
  await time.advance(1_500);
  printer.body.powerOff();
  expect(await inTime(time, printing)).toMatchObject({ kind: 'unknown' });
  printer.body.powerOn();
  await time.advance(10_000);
  expect(linesOf(printer)).toEqual(LINES.slice(0, 2));
});

test('near the end of the roll it prints, and asks for attention', async () => {
  const { printer, print, time } = create({ paperMm: 2_000 });
  expect(await print()).toEqual({ kind: 'done' });
  const { state, attention } = await inTime(time, printer.status());
  expect({ state, attention }).toEqual({
    state: 'attention',
    attention: 'The paper is near its end: have a new roll ready.',
  });
});

test('a printer that knows no process ids confirms by its state', async () => {
  const { printer, print, time } = create();
  printer.body.answersIds = false;
  expect(await print()).toEqual({ kind: 'done' });
  expect((await inTime(time, printer.status())).facts).toMatchObject({ confirmed_by: 'status' });
  printer.body.setPaper(4);
  expect(await print()).toMatchObject({ kind: 'unknown' });
});

test('without process ids a stop after the last byte is noticed as well', async () => {
  const { printer, time } = create({ lineMs: 400 });
  printer.body.answersIds = false;
  const printing = printer.print({ key: 'k', signal: NEVER, bytes: JOB });
  await time.advance(2_500);
  printer.body.openCover();
  expect(await inTime(time, printing)).toEqual({
    kind: 'unknown',
    message: expect.stringMatching(/^Close the cover of the printer\./),
  });
});

test('a stop before the last byte is told at once', async () => {
  const lines = Array.from({ length: 400 }, (_, at) => `Line ${at} of a long receipt`);
  const { print, time } = create({ paperMm: 40 });
  expect(await print(jobOf(lines))).toEqual({
    kind: 'unknown',
    message: expect.stringMatching(/^Put a new roll of paper/),
  });
  expect(time.clock.monotonicMs()).toBeLessThan(10_000);
});

test('a printer that was busy when it was tried is asked for process ids again', async () => {
  const { printer, print, time } = create({ lineMs: 3_000 });
  const host = { hear: () => undefined };
  printer.body.connect(host);
  await printer.body.take(Buffer.from('somebody else\n'));
  printer.body.disconnect(host);
  expect(await print()).toEqual({ kind: 'done' });
  expect((await inTime(time, printer.status())).facts).toMatchObject({ confirmed_by: 'status' });
  await time.advance(20_000);
  expect(await print()).toEqual({ kind: 'done' });
  expect((await inTime(time, printer.status())).facts).toMatchObject({ confirmed_by: 'process_id' });
});

test.each([true, false])(
  'a head that gets hot in the middle is waited for (process ids: %s)',
  async (ids) => {
    const { printer, time } = create({ lineMs: 1_000 });
    printer.body.answersIds = ids;
    const printing = printer.print({ key: 'k', signal: NEVER, bytes: JOB });
    await time.advance(ids ? 1_500 : 2_500);
    printer.body.fail('clears_itself');
    await time.advance(8_000);
    printer.body.fail('none');
    expect(await inTime(time, printing)).toEqual({ kind: 'done' });
    await time.advance(5_000);
    expect(linesOf(printer)).toEqual(LINES);
  },
);

test('a job that is too slow is unknown', async () => {
  const { print } = create({ lineMs: 30_000, times: { finishMs: 20_000 } });
  expect(await print()).toMatchObject({ kind: 'unknown' });
});

test('a job larger than the buffer goes through', async () => {
  const lines = Array.from({ length: 400 }, (_, at) => `Line ${at} of a long receipt`);
  const { printer, print } = create({ lineMs: 10 });
  expect(await print(jobOf(lines))).toEqual({ kind: 'done' });
  expect(linesOf(printer)).toEqual(lines);
});

test('one job at a time, in their order; too many fail at once', async () => {
  const { printer, time } = create({ lineMs: 100 });
  const jobs = Array.from({ length: 20 }, (_, at) =>
    printer.print({ key: `${at}`, signal: NEVER, bytes: jobOf([`Receipt ${at}`]) }),
  );
  const ends = await inTime(time, Promise.all(jobs));
  expect(ends.map(({ kind }) => kind)).toEqual([
    ...Array.from({ length: 17 }, () => 'done'),
    ...Array.from({ length: 3 }, () => 'failed'),
  ]);
  expect(linesOf(printer)).toEqual(Array.from({ length: 17 }, (_, at) => `Receipt ${at}`));
});

test('what nobody waits for is not printed, or not known', async () => {
  const { printer, time, print } = create({ lineMs: 5_000 });
  const first = printer.print({ key: 'a', signal: NEVER, bytes: JOB });
  const withdrawal = new AbortController();
  const second = printer.print({ key: 'b', signal: withdrawal.signal, bytes: JOB });
  withdrawal.abort();
  expect(await inTime(time, second)).toMatchObject({ kind: 'failed', code: 'printer_unavailable' });
  expect(await inTime(time, first)).toEqual({ kind: 'done' });

  const late = new AbortController();
  time.timers.after(2_000, () => late.abort());
  expect(await print(JOB, late.signal)).toMatchObject({ kind: 'unknown' });

  const third = printer.print({ key: 'c', signal: NEVER, bytes: JOB });
  await time.advance(2_000);
  await printer.close();
  expect(await inTime(time, third)).toMatchObject({ kind: 'unknown' });
  expect(await print()).toMatchObject({ kind: 'failed' });
});

test('two tills share a printer', async () => {
  const { printer, time } = create({ lineMs: 300 });
  const other = createSimulatedPrinter({ timers: time.timers, random: time.random });
  expect(other.body).not.toBe(printer.body);
  const host = { hear: () => undefined };
  printer.body.connect(host);
  time.timers.after(2_000, () => printer.body.disconnect(host));
  expect(await inTime(time, printer.print({ key: 'k', signal: NEVER, bytes: JOB }))).toEqual({
    kind: 'done',
  });
});

/** What a printer of another make does with the line: the nth byte that it is given is the last it takes. */
test('wherever the line breaks: failed is nothing on paper, done is all of it', async () => {
  const { printer: whole, print } = create();
  await print();
  const bytesMax = whole.body.readBytes;
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: bytesMax + 10 }),
      fc.constantFrom('break', 'cover', 'power', 'paper'),
      fc.integer({ min: 0, max: 60 }),
      async (at, fault, lineMs) => {
        const { printer, time } = create({ lineMs, ...(fault === 'paper' ? { paperMm: at % 20 } : {}) });
        if (fault === 'break') printer.cable.breaksAfterBytes = at;
        if (fault === 'cover') time.timers.after(at, () => printer.body.openCover());
        if (fault === 'power') time.timers.after(at, () => printer.body.powerOff());
        const end = await inTime(time, printer.print({ key: 'k', signal: NEVER, bytes: JOB }));
        if (end.kind === 'failed') expect(printer.paper).toEqual([]);
        if (end.kind === 'done') expect(linesOf(printer)).toEqual(LINES);
      },
    ),
    { numRuns: 300 },
  );
});

test('a printer that never answers is believed when it has taken all and ended the line', async () => {
  const time = virtualTime();
  const ends = ['ended', 'broken'] as const;
  for (const why of ends) {
    const written: Uint8Array[] = [];
    const lost = new AbortController();
    const printer = createEscPosPrinter({
      name: 'mute',
      width: 32,
      timers: time.timers,
      random: time.random,
      confirmation: 'delivery',
      open: () =>
        Promise.resolve({
          kind: 'open',
          link: {
            lost: lost.signal,
            onBytes: () => undefined,
            write: (bytes) => {
              written.push(bytes);
              return Promise.resolve('sent');
            },
            close: () => lost.abort(why),
          },
        }),
    });
    const end = await inTime(time, printer.print({ key: 'k', signal: NEVER, bytes: JOB }));
    expect(end.kind).toBe(why === 'ended' ? 'done' : 'unknown');
    expect(Buffer.concat(written)).toEqual(JOB);
  }
});
