/**
 * What a dispenser keeps over a power cut: what its cassettes held when each order began, what it was about to present,
 * and what became of the last orders. It is one block, written whole: with it the things that the simulated world is
 * made of, so that a world that was killed begins again where its memory says.
 */
import { createHash } from 'node:crypto';
import { AppError } from '@holdfast/base';
import type { DispenseFailure } from '../../ports/cash-dispenser.ts';
import type { DeviceMemory } from '../../ports/device-memory.ts';
import type { DispenserBodyState, Notes } from './dispenser-body.ts';

/** A cassette as it was configured, and what the machine believes to be in it. */
export type CassetteRow = {
  slot: number;
  currency: string;
  denomination_minor: string;
  notes: number;
  is_in: boolean;
};

/** What lay in the bins. */
export type Bins = { reject: Notes; retract: Notes };

/** An order and what became of it. Of an open one everything is worked out from the sensors and what is here. */
export type OrderRow = {
  key: string;
  amount_minor: string;
  currency: string;
  /** What the cassettes were believed to hold, and the bins held, before the first note. */
  began_with: { cassettes: Notes; bins: Bins };
  /** What the stacker held when it was about to be presented, and the bins at that moment; null before. */
  bundle: { notes: Notes; bins: Bins } | null;
  end: OrderEnd | null;
};
/** What became of an order, once it is known. */
export type OrderEnd =
  | { kind: 'done'; taken: Notes; retracted: Notes; rejected: Notes; is_short: boolean }
  | { kind: 'failed'; code: DispenseFailure; message: string };

/** All that the machine remembers. */
export type MemoryBlock = {
  cassettes: CassetteRow[];
  /** The newest last; at most {@link ORDERS_MAX}. */
  orders: OrderRow[];
  body: DispenserBodyState;
};

/** Orders that are remembered: whoever crashed asks when it is up again, not hundreds of customers later. */
export const ORDERS_MAX = 500;
const MAGIC = 'holdfast-dispenser-1';

/** What was written last; undefined if nothing was. Throws `file_unusable` for anything else. */
export async function readMemory(memory: DeviceMemory): Promise<MemoryBlock | undefined> {
  const bytes = await memory.read();
  if (bytes === undefined) return undefined;
  const text = Buffer.from(bytes).toString('utf8');
  const headEnd = text.indexOf('\n');
  const json = text.slice(headEnd + 1);
  if (text.slice(0, headEnd) !== headOf(json))
    throw new AppError(
      'file_unusable',
      'The memory of the cash dispenser is not one, or is damaged: remove it.',
    );
  // The checksum says that `writeMemory` wrote it, which takes nothing but a block of this version.
  return JSON.parse(json) as MemoryBlock;
}

/** Durable when it resolves. Throws `file_unusable` if the memory takes it not. */
export async function writeMemory(memory: DeviceMemory, block: MemoryBlock): Promise<void> {
  const json = JSON.stringify(block);
  try {
    await memory.write(Buffer.from(`${headOf(json)}\n${json}`, 'utf8'));
  } catch (cause) {
    const message =
      'The memory of the cash dispenser cannot be written: make room, and check the rights to it.';
    throw new AppError('file_unusable', message, { cause });
  }
}

function headOf(json: string): string {
  return `${MAGIC} ${createHash('sha256').update(json).digest('hex')}`;
}
