/** Sums of test reports: what did not run has not passed, and a run without a report has failed. */

/** A stage of the checks; `report` is the JSON of vitest, '' if it was asked for and is not there. */
export type Stage = { name: string; exitCode: number; report?: string };

export type Sum = { passed: number; failed: number };

/** The sum over all stages. A failed stage counts at least one failure, even if each of its tests passed. */
export function summarize(stages: readonly Stage[]): Sum {
  const sums = stages.map(summarizeStage);
  return {
    passed: sums.reduce((sum, { passed }) => sum + passed, 0),
    failed: sums.reduce((sum, { failed }) => sum + failed, 0),
  };
}

function summarizeStage({ exitCode, report }: Stage): Sum {
  const isBroken = exitCode !== 0;
  if (report === undefined) return { passed: 0, failed: isBroken ? 1 : 0 };
  const counts = readReport(report);
  if (counts === undefined) return { passed: 0, failed: 1 };
  const { total, passed } = counts;
  return { passed, failed: Math.max(total - passed, isBroken || total === 0 ? 1 : 0) };
}

function readReport(text: string): { total: number; passed: number } | undefined {
  const report = parse(text);
  if (typeof report !== 'object' || report === null) return undefined;
  if (!('numTotalTests' in report) || !('numPassedTests' in report)) return undefined;
  const { numTotalTests: total, numPassedTests: passed } = report;
  return typeof total === 'number' && typeof passed === 'number' ? { total, passed } : undefined;
}

/** A report that was cut short is no report. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
