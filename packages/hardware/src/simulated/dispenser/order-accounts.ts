/**
 * What became of the notes of an order, worked out from the sensors alone: notes are never made or lost, so that the
 * ones that lay in the bundle and lie nowhere in the machine any more are with the customer. It holds at any moment,
 * whatever was cut off in the middle.
 */
import type { Cassette, Dispensed, NoteCount } from '../../ports/cash-dispenser.ts';
import { countOf, type DispenserBodyState, entriesOf, minus, type Notes, plus } from './dispenser-body.ts';
import type { Bins, CassetteRow, OrderEnd, OrderRow } from './dispenser-memory.ts';

/** Where the notes of an order are. */
export type OrderAccount = {
  taken: Notes;
  retracted: Notes;
  rejected: Notes;
  /** All that left the cassettes. */
  left: Notes;
  /** Some are in the machine where they should not stay, or in reach of a customer. */
  isUnderWay: boolean;
};

/** The two bins, as an order writes them down. */
export function binsOf({ rejectBin, retractBin }: DispenserBodyState): Bins {
  return { reject: rejectBin, retract: retractBin };
}

/** Where the notes of the order are at this moment. */
export function accountOf(order: OrderRow, body: DispenserBodyState): OrderAccount {
  const { bins } = order.began_with;
  const rejected = minus(body.rejectBin, bins.reject);
  const retracted = minus(body.retractBin, bins.retract);
  const taken = order.bundle === null ? {} : takenOf(order.bundle, body);
  const left = [taken, retracted, rejected, body.stacker, body.shutter].reduce(plus, {});
  const isUnderWay = countOf(body.stacker) + countOf(body.shutter) > 0;
  return { taken, retracted, rejected, left, isUnderWay };
}

/** Those of the bundle that are neither inside nor in a bin since. */
function takenOf(bundle: { notes: Notes; bins: Bins }, body: DispenserBodyState): Notes {
  const rejected = minus(body.rejectBin, bundle.bins.reject);
  const retracted = minus(body.retractBin, bundle.bins.retract);
  return minus(bundle.notes, body.stacker, body.shutter, rejected, retracted);
}

/** What the order came to; only of one that is not under way any more. */
export function endOf(
  order: OrderRow,
  body: DispenserBodyState,
  cassettes: readonly CassetteRow[],
): OrderEnd {
  const { taken, retracted, rejected } = accountOf(order, body);
  const bundleMinor = order.bundle === null ? 0n : minorOf(order.bundle.notes, cassettes);
  const is_short = bundleMinor < BigInt(order.amount_minor);
  return { kind: 'done', taken, retracted, rejected, is_short };
}

/** What notes are worth, in minor units; those of a cassette that is not known are worth nothing. */
export function minorOf(notes: Notes, cassettes: readonly CassetteRow[]): bigint {
  let sum = 0n;
  for (const [slot, count] of entriesOf(notes)) {
    const row = cassettes.find((each) => each.slot === slot);
    sum += BigInt(count) * BigInt(row?.denomination_minor ?? 0);
  }
  return sum;
}

/** An end as the port has it. */
export function dispensedOf(
  end: Extract<OrderEnd, { kind: 'done' }>,
  cassettes: readonly CassetteRow[],
): Dispensed {
  return {
    dispensedMinor: minorOf(end.taken, cassettes),
    taken: noteCounts(end.taken),
    retracted: noteCounts(end.retracted),
    rejected: noteCounts(end.rejected),
    isShort: end.is_short,
  };
}

/** A cassette as the port has it. */
export function cassetteOf(row: CassetteRow, of: { lowNotes: number; isJammed: boolean }): Cassette {
  const filled = row.notes === 0 ? 'empty' : row.notes <= of.lowNotes ? 'low' : 'ready';
  return {
    slot: row.slot,
    currency: row.currency,
    denominationMinor: BigInt(row.denomination_minor),
    notes: row.notes,
    state: !row.is_in ? 'missing' : of.isJammed ? 'jammed' : filled,
  };
}

function noteCounts(notes: Notes): NoteCount[] {
  return entriesOf(notes).map(([slot, count]) => ({ slot, notes: count }));
}
