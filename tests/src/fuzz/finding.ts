/** What the fuzzer finds: its kinds, and what makes two findings the same. */
import { createHash } from 'node:crypto';

/** Something thrown, a statement that does not hold, an execution too long, memory that is kept. */
export type FindingKind = 'thrown' | 'property' | 'hang' | 'growth';

/** One finding with the smallest input that shows it; growth has no single input. */
export type Finding = { kind: FindingKind; message: string; key: string; input: Uint8Array };

/** What went wrong in one execution, before it is minimised. */
export type Failure = Pick<Finding, 'kind' | 'message' | 'key'>;

/** An error as a failure. Its place in the code tells it from others; numbers in its message do not. */
export function failureOf(error: unknown): Failure {
  const kind = error instanceof Error && error.name === 'BrokenProperty' ? 'property' : 'thrown';
  const message = error instanceof Error ? `${error.name}: ${error.message}` : `thrown: ${String(error)}`;
  const place = error instanceof Error ? placeOf(error) : '';
  const stem = message.slice(0, 80).replaceAll(/\d+/g, '#');
  return { kind, message: `${message}${place === '' ? '' : ` (${place})`}`, key: `${kind} ${stem} ${place}` };
}

/** The first place on the stack that is no helper of the fuzzer. */
function placeOf(error: Error): string {
  const lines = (error.stack ?? '').split('\n').filter((line) => line.trimStart().startsWith('at '));
  const own = lines.find((line) => !line.includes('/fuzz/target.ts') && !line.includes('node:'));
  return /([\w.-]+\.[cm]?[tj]s:\d+)/.exec(own ?? '')?.[1] ?? '';
}

/** A name for a file with these bytes. */
export function nameOfInput(input: Uint8Array): string {
  return createHash('sha256').update(input).digest('hex').slice(0, 16);
}
