import { expect, it } from 'vitest';
import { summarize } from './stages.ts';

const report = (numTotalTests: number, numPassedTests: number) =>
  JSON.stringify({ numTotalTests, numPassedTests });

it('sums the tests of several runs', () => {
  const stages = [
    { name: 'lint', exitCode: 0 },
    { name: 'test', exitCode: 0, report: report(10, 10) },
    { name: 'machine', exitCode: 1, report: report(5, 3) },
  ];
  expect(summarize(stages)).toEqual({ passed: 13, failed: 2 });
});

it('counts a stage that failed without a failed test', () => {
  expect(summarize([{ name: 'lint', exitCode: 1 }])).toEqual({ passed: 0, failed: 1 });
  expect(summarize([{ name: 'test', exitCode: 1, report: report(4, 4) }])).toEqual({ passed: 4, failed: 1 });
});

it('counts a run without a whole report, or without tests, as failed', () => {
  for (const text of ['', '{"numTotalTests": 3', '[]', '{}', report(0, 0)]) {
    expect(summarize([{ name: 'test', exitCode: 0, report: text }])).toEqual({ passed: 0, failed: 1 });
  }
});

it('counts a test that did not run as failed', () => {
  expect(summarize([{ name: 'test', exitCode: 0, report: report(3, 2) }])).toEqual({ passed: 2, failed: 1 });
});
