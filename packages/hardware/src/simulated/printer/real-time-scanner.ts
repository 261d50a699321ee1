/**
 * Finds the questions in real time (`DLE EOT n`) in the bytes that come in, wherever they are: a printer looks for them
 * before it puts the bytes into its buffer, and does not know whether they are part of something else.
 */
import { type EscPosStatusKind, escPosStatusRequest } from '@holdfast/commerce';

const KINDS = [
  'printer',
  'offline_cause',
  'error_cause',
  'paper',
] as const satisfies readonly EscPosStatusKind[];
const QUESTIONS: ReadonlyMap<string, EscPosStatusKind> = new Map(
  KINDS.map((kind) => [Buffer.from(escPosStatusRequest(kind)).toString('hex'), kind]),
);
const QUESTION_BYTES = 3;

/** The bytes of one connection. */
export class RealTimeScanner {
  #last: number[] = [];

  /** Takes the next bytes and returns the questions that end in them. */
  take(bytes: Uint8Array): EscPosStatusKind[] {
    const found: EscPosStatusKind[] = [];
    for (const byte of bytes) {
      this.#last = [...this.#last, byte].slice(-QUESTION_BYTES);
      const kind = QUESTIONS.get(Buffer.from(this.#last).toString('hex'));
      if (kind !== undefined) found.push(kind);
    }
    return found;
  }
}
