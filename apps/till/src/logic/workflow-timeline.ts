/** The timeline as people read it: the lines of one visit of a step are one entry, with its tries and its time. */
import type { WorkflowLine } from '@holdfast/protocol';

export type Line = ReturnType<(typeof WorkflowLine)['parse']>;

export type Entry = {
  /** Unique within a timeline. */
  key: string;
  /** Empty for the workflow itself. */
  step: string;
  /** What the last of its lines tells. */
  what: Line['what'];
  at: string;
  attempts: number;
  tookMs: number;
  by: string | null;
  /** All of its lines that say more than that, oldest first. */
  lines: Line[];
};

/**
 * Entries in the order in which they began; a visit that others interrupt stays one entry, until somebody has the step
 * tried again: what comes of that stands below.
 */
export function entriesOf(lines: readonly Line[]): Entry[] {
  const entries = new Map<string, Entry>();
  let redrives = 0;
  for (const [index, line] of lines.entries()) {
    if (line.what === 'redrive') redrives += 1;
    // What happens to the workflow itself has no visit; undoing a step is a visit of its own.
    const key = line.step === '' ? `line ${index}` : `visit ${line.visit} after ${redrives}`;
    const before = entries.get(key);
    const entry = { key, step: line.step, what: line.what, at: line.at, by: line.by ?? before?.by ?? null };
    entries.set(key, {
      ...entry,
      attempts: Math.max(before?.attempts ?? 0, line.attempt),
      tookMs: line.took_ms,
      lines: [...(before?.lines ?? []), ...(line.detail === null ? [] : [line])],
    });
  }
  return [...entries.values()];
}
