/**
 * The weight-only protocol of Mettler-Toledo 8217, which most counter scales of any make can be set to: the till sends
 * `W`, the scale answers `STX`, the weight with a point, `CR`; `N` before the `CR` says that it is net of a tare. While
 * it cannot give a weight it answers `STX`, `?`, a byte of reasons, `CR`. `T` tares. 9600 baud, 7 bits, even parity.
 * Sources: Mettler-Toledo, Diva service manual 6.1.4; the same frames and bits stand in Odoo's drivers for scales.
 */

/** What a scale said. Grams are exact: the digits of the answer, moved by the point. */
export type ToledoAnswer =
  | { kind: 'weight'; grams: number; isNet: boolean }
  | { kind: 'no_weight'; reason: 'in_motion' | 'overloaded' | 'below_zero' | 'not_zeroed' };

/** `W` and `T`, which the till sends. */
export const ASK_WEIGHT = 0x57;
/** See {@link ASK_WEIGHT}. */
export const ASK_TARE = 0x54;

const STX = 0x02;
const CR = 0x0d;
const SPACE = 0x20;
const QUESTION_MARK = 0x3f;
/** The longest frame has a byte for STX, a sign, seven digits, a point, `N` and CR. */
const FRAME_BYTES_MAX = 16;
const WEIGHT = /^ *(\d{1,3})\.(\d{1,3})(N?)$/;
const STATUS = /^ *\?([\s\S])$/;
/**
 * In the order in which they matter: what moves may be overloaded only for a moment. Bit 6 is always set by scales of
 * this make, and not by all others; bits 4 and 5 tell that it is at zero, and that the weight is net.
 */
const REASONS = [
  [0x01, 'in_motion'],
  [0x02, 'overloaded'],
  [0x04, 'below_zero'],
  [0x08, 'not_zeroed'],
] as const;
const GRAM_DIGITS = 3;
/** A parity bit that nobody took off. */
const SEVEN_BITS = 0x7f;

/** Reads the answers of a scale that weighs in kilograms, in chunks of any size. What is no answer is skipped. */
export class ToledoAnswers {
  #frame: number[] | undefined;

  take(bytes: Uint8Array): ToledoAnswer[] {
    const answers: ToledoAnswer[] = [];
    for (const raw of bytes) {
      const byte = raw & SEVEN_BITS;
      if (this.#isReasonNext) this.#add(byte);
      else if (byte === STX) this.#frame = [];
      else if (byte !== CR) this.#add(byte);
      else {
        const answer = this.#frame === undefined ? undefined : readFrame(String.fromCharCode(...this.#frame));
        this.#frame = undefined;
        if (answer !== undefined) answers.push(answer);
      }
    }
    return answers;
  }

  /** The byte of reasons may have any value, those of STX and CR too. */
  get #isReasonNext(): boolean {
    return this.#frame?.at(-1) === QUESTION_MARK && this.#frame.slice(0, -1).every((byte) => byte === SPACE);
  }

  #add(byte: number): void {
    this.#frame?.push(byte);
    if ((this.#frame?.length ?? 0) > FRAME_BYTES_MAX) this.#frame = undefined;
  }
}

function readFrame(text: string): ToledoAnswer | undefined {
  const weight = WEIGHT.exec(text);
  if (weight !== null) {
    const [, kilograms = '', rest = '', net] = weight;
    const grams = Number(kilograms + rest.padEnd(GRAM_DIGITS, '0'));
    return { kind: 'weight', grams, isNet: net === 'N' };
  }
  const status = STATUS.exec(text);
  if (status === null) return undefined;
  const bits = (status[1] ?? '').charCodeAt(0);
  const reason = REASONS.find(([bit]) => (bits & bit) !== 0)?.[1];
  return { kind: 'no_weight', reason: reason ?? 'in_motion' };
}
