/**
 * A secure element in software: it encrypts PINs under DUKPT and makes tokens of card numbers, and gives no key away. Its
 * keys to come are written to its memory, sealed, before a PIN block leaves: a power cut at any time uses no key twice.
 */
import { AppError, type Random } from '@holdfast/base';
import { type CardData, tokenOf } from '@holdfast/cards';
import { type Secret, sameBytes } from '@holdfast/crypto';
import type { DeviceMemory } from '../ports/device-memory.ts';
import type { SecureElement } from '../ports/secure-element.ts';
import { createPinEncryptor, type PinKey } from './pin-encryptor.ts';
import { openBlock, sealBlock } from './sealed-block.ts';
import { readKeyState, writeKeyState } from './secure-element-state.ts';

/** `sealingKey` has 32 bytes and protects the memory; `tokenKey` is that of the merchant. Both stay the caller's. */
export type SecureElementOptions = {
  memory: DeviceMemory;
  sealingKey: Secret;
  tokenKey: Secret;
  /** The key that was injected last; undefined for an element that has none yet. */
  pinKey?: PinKey | undefined;
  random: Random;
};

const NAME = 'simulated secure element';
const NO_KEY = {
  kind: 'failed',
  code: 'no_key',
  message: 'The secure element has no key for PINs, or has used all of them: have it loaded with a new one.',
} as const;

/**
 * Switches it on. Keys that its memory holds go before the injected one, as long as they come from it. Throws AppError
 * `device_memory_damaged` where the memory does not open: its keys may have been used, so it does not begin anew.
 */
export async function createSimulatedSecureElement(options: SecureElementOptions): Promise<SecureElement> {
  const { memory, sealingKey, tokenKey, random } = options;
  const encryptor = await openEncryptor(options);
  let isClosed = false;
  let turn: Promise<unknown> = Promise.resolve();
  const encryptPin: SecureElement['encryptPin'] = async ({ pin, pan }) => {
    const transaction = isClosed ? undefined : encryptor?.begin();
    if (encryptor === undefined || transaction === undefined) return NO_KEY;
    try {
      using state = encryptor.save();
      using block = writeKeyState(encryptor.id, state);
      await memory.write(sealBlock(block, { key: sealingKey, random }));
      return { kind: 'done', ...transaction.encrypt({ pin, pan, random }) };
    } finally {
      transaction.end();
    }
  };
  return {
    kind: 'secure_element',
    encryptPin(of) {
      // One after the other: an older state must never be written over a newer one.
      const mine = turn.then(() => encryptPin(of));
      turn = mine.catch(() => undefined);
      return mine;
    },
    tokenOf: async (pan: CardData) => pan.use((digits) => tokenOf(digits, tokenKey)),
    status: async () => ({
      kind: 'secure_element',
      name: NAME,
      state: isClosed ? 'gone' : encryptor?.hasKeys === true ? 'ready' : 'attention',
      attention: isClosed || encryptor?.hasKeys === true ? null : NO_KEY.message,
      facts: { pin_key: encryptor?.id.scheme ?? 'none' },
    }),
    async close() {
      isClosed = true;
      await turn;
      encryptor?.wipe();
    },
  };
}

async function openEncryptor({ memory, sealingKey, pinKey }: SecureElementOptions) {
  const sealed = await memory.read();
  if (sealed === undefined) return pinKey && createPinEncryptor(pinKey);
  using opened = openBlock(sealed, sealingKey);
  const kept = opened && readKeyState(opened);
  if (kept === undefined)
    throw new AppError('device_memory_damaged', 'The memory of the secure element does not open');
  using state = kept.state;
  const { id } = kept;
  const isOther = pinKey !== undefined && !(pinKey.scheme === id.scheme && sameBytes(pinKey.name, id.name));
  return createPinEncryptor(isOther ? pinKey : { ...id, state });
}
