/**
 * Key serial numbers of triple DES DUKPT (ANSI X9.24-1:2009 A.2): 59 bits that name a device's initial key, then a
 * counter of 21 bits. Ten bytes; eight mean that the first two, both FF, were left away.
 */
import { assert, must } from '@holdfast/base';
import { isUsableCounter, TDES_COUNTER } from './counter.ts';

/** `initialKsn` has ten bytes and a counter of zero. */
export type TdesKsn = { readonly initialKsn: Uint8Array; readonly counter: number };

/** Why a serial number is refused: its length, or a counter that is zero or has more than ten ones. */
export type KsnRefusal = 'ksn_length' | 'counter_unusable';

export type ReadTdesKsn = { ok: true; ksn: TdesKsn } | { ok: false; reason: KsnRefusal };

const LENGTH = 10;
const COUNTER_MASK = 0x1fffff;

/** Reads a serial number that came with a message. */
export function readTdesKsn(bytes: Uint8Array): ReadTdesKsn {
  if (bytes.length !== LENGTH && bytes.length !== LENGTH - 2) return { ok: false, reason: 'ksn_length' };
  const full = new Uint8Array(LENGTH).fill(0xff);
  full.set(bytes, LENGTH - bytes.length);
  const counter = lastBytes(full) & COUNTER_MASK;
  if (!isUsableCounter(counter, TDES_COUNTER)) return { ok: false, reason: 'counter_unusable' };
  return { ok: true, ksn: { initialKsn: withCounter(full, 0), counter } };
}

/** The ten bytes of a serial number. */
export function writeTdesKsn({ initialKsn, counter }: TdesKsn): Uint8Array<ArrayBuffer> {
  return withCounter(initialKsn, counter);
}

/** The ten bytes of `ksn` with another counter. */
export function withCounter(ksn: Uint8Array, counter: number): Uint8Array<ArrayBuffer> {
  assert(ksn.length === LENGTH && counter >= 0 && counter <= COUNTER_MASK, 'the counter has 21 bits');
  const bytes = new Uint8Array(ksn);
  const rest = (lastBytes(bytes) & ~COUNTER_MASK) | counter;
  bytes[7] = (rest >> 16) & 0xff;
  bytes[8] = (rest >> 8) & 0xff;
  bytes[9] = rest & 0xff;
  return bytes;
}

function lastBytes(ksn: Uint8Array): number {
  const [high, middle, low] = ksn.subarray(7);
  return (must(high, 'ten bytes') << 16) | (must(middle, 'ten bytes') << 8) | must(low, 'ten bytes');
}
