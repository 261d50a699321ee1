/**
 * The life of one sale between the tap on the last button and the receipt.
 *
 * The rule it keeps: the idempotency key is made before the first try and stays until the edge has said what became
 * of the sale. As long as nobody has said so, the till repeats the same body with the same key, by itself, through
 * reloads and sign-ins; the answer tells whether an earlier try was saved.
 */
import type { Problem, SaleReceipt, SaleRequest } from '@holdfast/protocol';

/** What is kept until the outcome is known. */
export type PendingSale = {
  /** UUIDv7; the `Idempotency-Key` and the name of the sale. */
  key: string;
  body: SaleRequest;
  /** Decimal strings, for the screen while the answer is awaited. */
  total: string;
  received: string;
};

export type SaleState =
  | { kind: 'idle' }
  /** The first try is under way. */
  | { kind: 'posting'; sale: PendingSale }
  /** A try ended without an answer, or the page was loaded anew: the outcome is not known. */
  | { kind: 'checking'; sale: PendingSale; tries: number; waitMs: number }
  /** A repeat is under way. */
  | { kind: 'repeating'; sale: PendingSale; tries: number }
  /** The session ended before the outcome was known: it goes on after the next sign-in. */
  | { kind: 'held'; sale: PendingSale }
  | { kind: 'saved'; sale: PendingSale; receipt: SaleReceipt }
  /** Nothing was taken, and the problem says why. */
  | { kind: 'refused'; sale: PendingSale; problem: Problem };

export type SaleEvent =
  | { kind: 'submitted'; sale: PendingSale }
  /** Found in the store after a reload. */
  | { kind: 'resumed'; sale: PendingSale }
  | { kind: 'saved'; receipt: SaleReceipt }
  /** No answer, or one that leaves the outcome open. */
  | { kind: 'unanswered'; retryAfterMs: number | null }
  | { kind: 'signed_out' }
  | { kind: 'signed_in' }
  | { kind: 'refused'; problem: Problem }
  | { kind: 'retry_due' }
  | { kind: 'closed' };

type Kind = SaleState['kind'];
type StateOf<K extends Kind> = Extract<SaleState, { kind: K }>;
type EventOf<K extends SaleEvent['kind']> = Extract<SaleEvent, { kind: K }>;
type Cell<S extends Kind, E extends SaleEvent['kind']> = (state: StateOf<S>, event: EventOf<E>) => SaleState;
type Table = { [S in Kind]: { [E in SaleEvent['kind']]: Cell<S, E> } };

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 4_000;

/** Waits grow from half a second to four, or are as long as the edge asks for. */
function waitMs(tries: number, retryAfterMs: number | null): number {
  return retryAfterMs ?? Math.min(FIRST_WAIT_MS * 2 ** tries, LONGEST_WAIT_MS);
}

const stay = (state: SaleState): SaleState => state;
const IDLE: SaleState = { kind: 'idle' };
const check = (sale: PendingSale, tries: number, retryAfterMs: number | null): SaleState => ({
  kind: 'checking',
  sale,
  tries,
  waitMs: waitMs(tries, retryAfterMs),
});
const save = (state: { sale: PendingSale }, event: EventOf<'saved'>): SaleState => ({
  kind: 'saved',
  sale: state.sale,
  receipt: event.receipt,
});
const refuse = (state: { sale: PendingSale }, event: EventOf<'refused'>): SaleState => ({
  kind: 'refused',
  sale: state.sale,
  problem: event.problem,
});
const hold = (state: { sale: PendingSale }): SaleState => ({ kind: 'held', sale: state.sale });
const start = (_: SaleState, event: EventOf<'submitted'>): SaleState => ({
  kind: 'posting',
  sale: event.sale,
});
const resume = (_: SaleState, event: EventOf<'resumed'>): SaleState => check(event.sale, 0, 0);

/** Nothing can be submitted, and nothing is forgotten, while an outcome is open. */
const OPEN = { submitted: stay, resumed: stay, closed: stay, signed_in: stay } as const;

const TABLE: Table = {
  idle: {
    submitted: start,
    resumed: resume,
    saved: stay,
    unanswered: stay,
    signed_out: stay,
    signed_in: stay,
    refused: stay,
    retry_due: stay,
    closed: stay,
  },
  posting: {
    ...OPEN,
    saved: save,
    unanswered: (state, event) => check(state.sale, 0, event.retryAfterMs),
    signed_out: hold,
    refused: refuse,
    retry_due: stay,
  },
  checking: {
    ...OPEN,
    saved: save,
    unanswered: stay,
    signed_out: hold,
    refused: refuse,
    retry_due: (state) => ({ kind: 'repeating', sale: state.sale, tries: state.tries + 1 }),
  },
  repeating: {
    ...OPEN,
    saved: save,
    unanswered: (state, event) => check(state.sale, state.tries, event.retryAfterMs),
    signed_out: hold,
    refused: refuse,
    retry_due: stay,
  },
  held: {
    ...OPEN,
    saved: save,
    unanswered: stay,
    signed_out: stay,
    signed_in: (state) => check(state.sale, 0, 0),
    refused: refuse,
    retry_due: stay,
  },
  saved: {
    submitted: stay,
    resumed: stay,
    saved: stay,
    unanswered: stay,
    signed_out: stay,
    signed_in: stay,
    refused: stay,
    retry_due: stay,
    closed: () => IDLE,
  },
  refused: {
    submitted: start,
    resumed: stay,
    saved: stay,
    unanswered: stay,
    signed_out: stay,
    signed_in: stay,
    refused: stay,
    retry_due: stay,
    closed: () => IDLE,
  },
};

/** The state after an event. Total: every state has an answer to every event. */
export function saleStep(state: SaleState, event: SaleEvent): SaleState {
  // The table's type ties each cell to its own state and event; TypeScript cannot follow that through two lookups.
  const cell = TABLE[state.kind][event.kind] as (state: SaleState, event: SaleEvent) => SaleState;
  return cell(state, event);
}

/** True while the outcome of a sale is not known: its key must not be forgotten. */
export function outcomeOpen(
  state: SaleState,
): state is StateOf<'posting' | 'checking' | 'repeating' | 'held'> {
  return ['posting', 'checking', 'repeating', 'held'].includes(state.kind);
}
