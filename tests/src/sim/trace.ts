/** What happened, in order: as one hash, by which two runs of a seed are compared, and as lines when somebody looks. */
import { createHash } from 'node:crypto';

export type Trace = {
  /** Notes that something happened; `bytes` are what was sent, answered or committed. */
  note(atMs: number, what: string, bytes?: string | Uint8Array): void;
  /** The hash over everything noted so far, hexadecimal. */
  hash(): string;
};

/** A trace; `show` hears each line. */
export function createTrace(show?: (line: string) => void): Trace {
  const all = createHash('sha256');
  return {
    note(atMs, what, bytes) {
      const line = `${atMs.toFixed(3)} ${what}`;
      all.update(line).update('\n');
      if (bytes !== undefined) all.update(bytes).update('\n');
      show?.(bytes === undefined ? line : `${line} [${digest(bytes)}]`);
    },
    hash: () => all.copy().digest('hex'),
  };
}

function digest(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 12);
}
