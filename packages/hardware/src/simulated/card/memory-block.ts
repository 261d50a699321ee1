/**
 * The memories of a wallet's cards as one block of a device's memory, so that counters, blocked PINs and blocked cards outlive
 * a restart. Each change writes the whole block; blocks are written one after the other.
 */
import { AppError } from '@holdfast/base';
import type { DeviceMemory } from '../../ports/device-memory.ts';
import type { ApplicationMemory, CardMemory, CardState } from './memory.ts';

const VERSION = 1;
const INDEX = /^\d{1,4}$/;

/** Takes over a block, which need not have been written yet. Throws `file_unusable` where it is none of this kind. */
export async function openCardMemory(device: DeviceMemory): Promise<CardMemory> {
  const block = await device.read();
  const states = block === undefined ? new Map<number, CardState>() : statesOf(Buffer.from(block).toString());
  if (states === undefined) {
    throw new AppError(
      'file_unusable',
      'The memory of the simulated cards is damaged: remove its file, and the cards are as new.',
    );
  }
  let last: Promise<void> = Promise.resolve();
  return {
    load: (index) => structuredClone(states.get(index)),
    save(index, state) {
      states.set(index, structuredClone(state));
      const write = () => device.write(blockOf(states));
      // Whatever became of the block before: each tells its own caller.
      last = last.then(write, write);
      return last;
    },
  };
}

function blockOf(states: ReadonlyMap<number, CardState>): Uint8Array {
  return Buffer.from(`${JSON.stringify({ version: VERSION, cards: Object.fromEntries(states) })}\n`);
}

function statesOf(text: string): Map<number, CardState> | undefined {
  const parsed = parsedJson(text);
  if (!isRecord(parsed) || parsed.version !== VERSION || !isRecord(parsed.cards)) return undefined;
  const states = new Map<number, CardState>();
  for (const [index, state] of Object.entries(parsed.cards)) {
    if (!INDEX.test(index) || !isCardState(state)) return undefined;
    states.set(Number(index), state);
  }
  return states;
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Text that is no JSON is as unusable as any other, and the caller says so.
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCardState(value: unknown): value is CardState {
  if (!isRecord(value) || !Array.isArray(value.applications)) return false;
  const { pin_code: code } = value;
  const isCode = code === null || typeof code === 'string';
  const fields = { is_blocked: 'boolean', pin_tries_left: 'number' };
  return isCode && hasTypes(value, fields) && value.applications.every(isApplicationMemory);
}

const APPLICATION_FIELDS = {
  atc: 'number',
  last_online_atc: 'number',
  is_blocked: 'boolean',
  is_online_pending: 'boolean',
  is_issuer_unproven: 'boolean',
  goes_online_next: 'boolean',
  script_count: 'number',
  is_script_failed: 'boolean',
  lower_limit: 'number',
  upper_limit: 'number',
} as const satisfies Record<Exclude<keyof ApplicationMemory, 'log'>, 'number' | 'boolean'>;

function isApplicationMemory(value: unknown): value is ApplicationMemory {
  if (!isRecord(value) || !Array.isArray(value.log)) return false;
  return hasTypes(value, APPLICATION_FIELDS) && value.log.every((entry) => typeof entry === 'string');
}

function hasTypes(
  value: Readonly<Record<string, unknown>>,
  types: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(types).every(([name, type]) => typeof value[name] === type);
}
