/** The keys of a secure element as one block: which key they come from, then the registers. */
import { Secret } from '@holdfast/crypto';
import type { PinKeyId } from './pin-encryptor.ts';

const SCHEMES = ['aes', 'tdes'] as const;
const NAME_BYTES = { aes: 8, tdes: 10 } as const;

/** The block in clear, to be sealed. */
export function writeKeyState({ scheme, name }: PinKeyId, state: Secret): Secret {
  return state.use((bytes) => {
    const block = Uint8Array.of(SCHEMES.indexOf(scheme), ...name, ...bytes);
    const secret = new Secret(block);
    block.fill(0);
    return secret;
  });
}

/** What a block holds; undefined where it is none. The caller wipes the state. */
export function readKeyState(block: Secret): { id: PinKeyId; state: Secret } | undefined {
  return block.use((bytes) => {
    const scheme = SCHEMES[bytes[0] ?? SCHEMES.length];
    if (scheme === undefined || bytes.length < 1 + NAME_BYTES[scheme]) return undefined;
    const end = 1 + NAME_BYTES[scheme];
    return { id: { scheme, name: bytes.slice(1, end) }, state: new Secret(bytes.subarray(end)) };
  });
}
