/** What can happen to one request and its answer between an edge and a hub. */
import { endedByClose } from './http-framing.ts';

/** How a connection ends, if it does: left open, closed in order, reset, or left open and silent. */
export type Ending = 'keep' | 'close' | 'reset' | 'hang';

export type Fault =
  | { kind: 'pass' }
  /** The request, and the answer, are held for a while. */
  | { kind: 'delay'; requestMs: number; answerMs: number }
  /** The request never arrives. */
  | { kind: 'lose'; ending: 'reset' | 'hang' }
  /** The hub gets the request; what comes back is what `change` makes of its answer. */
  | { kind: 'answer'; change: (answer: Buffer) => Buffer; ending: Ending }
  /** The request never arrives, and this comes back. */
  | { kind: 'instead'; bytes: Buffer; ending: Ending }
  /** Bytes come a few at a time. */
  | { kind: 'trickle'; way: 'request' | 'answer' | 'both'; bytes: number; everyMs: number }
  /** Another hub gets the request, and its answer comes back. */
  | { kind: 'elsewhere'; port: number }
  /** The hub gets the request twice; the answer is that to the first. */
  | { kind: 'twice'; when: 'at_once' | 'after' }
  /** The request is kept and its connection reset; the hub gets it after the next one of the same path. */
  | { kind: 'late' };

export const PASS: Fault = { kind: 'pass' };

/** The answer breaks off after `at` bytes, or before its last one. */
export function cutAt(at: number, ending: 'close' | 'reset' | 'hang'): Fault {
  const change = (answer: Buffer) => answer.subarray(0, Math.min(at, answer.length - 1));
  return { kind: 'answer', change, ending };
}

/** The body of the answer breaks off after `at` bytes, or before its last one, and nothing tells that there was more. */
export function cutUnseen(at: number): Fault {
  const change = (answer: Buffer) => {
    const { bytes, bodyAt } = endedByClose(answer);
    return bytes.subarray(0, Math.min(bodyAt + at, bytes.length - 1));
  };
  return { kind: 'answer', change, ending: 'close' };
}

/** The hub has carried the request out, and nobody hears of it. */
export function loseAnswer(ending: 'reset' | 'hang'): Fault {
  return { kind: 'answer', change: () => Buffer.alloc(0), ending };
}

/** Something else comes back instead of the hub's answer. */
export function replaceBy(bytes: Buffer): Fault {
  return { kind: 'answer', change: () => bytes, ending: 'close' };
}
