import { describe, expect, it } from 'vitest';
import { readSummary } from './strace.ts';

const SUMMARY = `% time     seconds  usecs/call     calls    errors syscall
------ ----------- ----------- --------- --------- ----------------
 97.61    0.143524         512       280           fdatasync
  2.39    0.003514         439         8         1 fsync
------ ----------- ----------- --------- --------- ----------------
100.00    0.147038         510       288         1 total
`;

describe('readSummary', () => {
  it('adds both kinds, with and without errors, and not the total', () => {
    expect(readSummary(SUMMARY)).toBe(288);
    expect(readSummary('')).toBe(0);
  });
});
