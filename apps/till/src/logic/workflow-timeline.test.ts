import { expect, test } from 'vitest';
import { entriesOf, type Line } from './workflow-timeline.ts';

const AT = '2026-01-01T00:00:00.000Z';
const line = (of: Partial<Line>): Line => ({
  ...{ at: AT, visit: 1, step: 'Print', what: 'done', attempt: 1, took_ms: 0, by: null, detail: null },
  ...of,
});

test('lines of a visit are one entry, with its tries, its time and who acted', () => {
  const entries = entriesOf([
    line({ what: 'retry', took_ms: 5, detail: 'paper_out: none' }),
    line({ visit: 2, step: 'Ask', what: 'signal', by: 'staff:maja', detail: 'agree' }),
    line({ what: 'done', attempt: 2, took_ms: 1_200 }),
    line({ visit: 2, step: 'Ask' }),
  ]);
  expect(entries).toMatchObject([
    { step: 'Print', what: 'done', attempts: 2, tookMs: 1_200, lines: [{ detail: 'paper_out: none' }] },
    { step: 'Ask', what: 'done', by: 'staff:maja', lines: [{ what: 'signal' }] },
  ]);
});

test('what happens to the workflow itself stands alone', () => {
  const own = { visit: 0, step: '', attempt: 0 };
  const entries = entriesOf([line({ ...own, what: 'pause' }), line({ ...own, what: 'resume' })]);
  expect(entries.map(({ what }) => what)).toEqual(['pause', 'resume']);
  expect(new Set(entries.map(({ key }) => key)).size).toBe(2);
});

test('what a redrive comes to stands below it', () => {
  const own = { visit: 0, step: '', attempt: 0 };
  const entries = entriesOf([
    line({ what: 'failed', detail: 'paper_out: none' }),
    line({ ...own, what: 'ended' }),
    line({ ...own, what: 'redrive', by: 'api' }),
    line({ what: 'done' }),
  ]);
  expect(entries.map(({ what }) => what)).toEqual(['failed', 'ended', 'redrive', 'done']);
  expect(entries.at(-1)).toMatchObject({ step: 'Print', lines: [] });
});
