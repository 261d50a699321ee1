/**
 * The registers of a device as bytes, for a memory that outlives a power cut. They are keys of transactions to come: the
 * caller seals them. Written are a version, the counter (0 when all are used), the length of a key, and each register as
 * the place of its bit and its key.
 */
import { assert } from '@holdfast/base';
import { Secret } from '@holdfast/crypto';
import { wipe } from '../cipher/bytes.ts';

/** Keys by the value of their bit; `counter` is that of the next transaction, undefined after the last. */
export type RegisterState = {
  counter: number | undefined;
  registers: ReadonlyMap<number, Uint8Array>;
};

const VERSION = 1;
const HEAD_LENGTH = 6;

/** The bytes of registers; the registers stay the caller's. */
export function writeRegisters({ counter = 0, registers }: RegisterState): Secret {
  const keyLength = registers.values().next().value?.length ?? 0;
  const bytes = new Uint8Array(HEAD_LENGTH + registers.size * (1 + keyLength));
  bytes[0] = VERSION;
  new DataView(bytes.buffer).setUint32(1, counter);
  bytes[5] = keyLength;
  let offset = HEAD_LENGTH;
  for (const [bit, key] of registers) {
    assert(key.length === keyLength, 'all keys of a device have one length');
    bytes[offset] = Math.log2(bit);
    bytes.set(key, offset + 1);
    offset += 1 + keyLength;
  }
  const secret = new Secret(bytes);
  wipe(bytes);
  return secret;
}

/** What was written by {@link writeRegisters}; undefined for other bytes. The caller wipes the keys. */
export function readRegisters(state: Secret): RegisterState | undefined {
  return state.use((bytes) => {
    const [version, , , , , keyLength = 0] = bytes;
    const entry = 1 + keyLength;
    if (version !== VERSION || bytes.length < HEAD_LENGTH) return undefined;
    if ((bytes.length - HEAD_LENGTH) % entry !== 0) return undefined;
    const counter = new DataView(bytes.buffer, bytes.byteOffset).getUint32(1);
    const registers = new Map<number, Uint8Array>();
    for (let offset = HEAD_LENGTH; offset < bytes.length; offset += entry)
      registers.set(2 ** (bytes[offset] ?? 0), bytes.slice(offset + 1, offset + entry));
    return { counter: counter === 0 ? undefined : counter, registers };
  });
}
