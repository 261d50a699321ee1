import type { StepRecord } from '@holdfast/workflow';
import { expect, test } from 'vitest';
import { doubtsOf } from './doubts.ts';

const VISIT = 7;

/** A timeline of lines such as `retry unknown_outcome: the line broke`. */
function timeline(...lines: readonly string[]): StepRecord[] {
  return lines.map((line) => {
    const [what, ...detail] = line.split(' ');
    // The tests write words of the timeline.
    const word = what as StepRecord['what'];
    const place = { at_ms: 0, visit: VISIT, step: 'Print_Receipt', attempt: 1, took_ms: 0, by: null };
    return { ...place, what: word, detail: detail.length === 0 ? null : detail.join(' ') };
  });
}

const ASKED = 'retry unknown_outcome: what became of the call cannot be found out';

test.each([
  ['nothing happened before', [], 0],
  ['it had failed', ['retry paper_out: There is no paper.', 'failed paper_out: There is no paper.'], 0],
  ['it was called again, twice', ['retry unknown_outcome: it broke', 'retry unknown_outcome: it broke'], 2],
  ['it was given up in doubt', ['retry unknown_outcome: it broke', 'failed unknown_outcome: it broke'], 2],
  ['it was asked about, and a person in the end', [ASKED, ASKED, 'parked what became of it'], 1],
  ['a person has had it done again', ['parked it broke', 'redrive by hand', 'parked it broke'], 2],
  ['it was found out that it had not happened', [ASKED, 'retry not_done: It was not printed.'], 0],
])('%s', (_what, lines, doubts) => {
  expect(doubtsOf(timeline(...lines), VISIT)).toBe(doubts);
});

test('what other visits have seen is not counted', () => {
  expect(doubtsOf(timeline('parked it broke'), VISIT + 1)).toBe(0);
});
