/** PINs under DUKPT, by either of its two schemes: AES with blocks of format 4, triple DES with blocks of format 0. */
import type { Random } from '@holdfast/base';
import {
  AesDevice,
  type CardData,
  encipherPinBlock4,
  encipherTdesPinBlock,
  TdesDevice,
  writePinBlock0,
} from '@holdfast/cards';
import type { Secret } from '@holdfast/crypto';
import type { OnlinePin } from '../ports/pin-pad.ts';

/** Names a key: of AES by its 8 bytes, of triple DES by the 10 bytes of its first serial number. */
export type PinKeyId = { scheme: 'aes' | 'tdes'; name: Uint8Array };

/** A key as it is injected, or the state of one that is in use. */
export type PinKey = PinKeyId & ({ initialKey: Secret } | { state: Secret });

/** One transaction; its key is gone after {@link end}. */
export type PinTransaction = {
  encrypt(of: { pin: CardData; pan: CardData; random: Random }): OnlinePin;
  end(): void;
};

export type PinEncryptor = {
  readonly id: PinKeyId;
  readonly hasKeys: boolean;
  /** Undefined when all keys are used. */
  begin(): PinTransaction | undefined;
  /** The keys to come, to be sealed and wiped. */
  save(): Secret;
  wipe(): void;
};

/** An encryptor over a key; it takes nothing over. */
export function createPinEncryptor(key: PinKey): PinEncryptor {
  return key.scheme === 'aes' ? aesEncryptor(key) : tdesEncryptor(key);
}

/** PIN blocks of format 4, which need no other key than the one of the transaction. */
function aesEncryptor({ name, ...from }: PinKey): PinEncryptor {
  const device = new AesDevice({ initialKeyId: name, ...from });
  return encryptorOver({ scheme: 'aes', name }, device, (transaction, { pin, pan, random }) => {
    using key = transaction.workingKey('pin', 'aes128');
    const pinBlock = pin.use((digits) =>
      pan.use((number) => encipherPinBlock4({ pin: digits, pan: number, key, random })),
    );
    return { format: 4, pinBlock, ksn: transaction.ksn };
  });
}

/** PIN blocks of format 0, which are clear until the key of the transaction enciphers them. */
function tdesEncryptor({ name, ...from }: PinKey): PinEncryptor {
  const device = new TdesDevice({ initialKsn: name, ...from });
  return encryptorOver({ scheme: 'tdes', name }, device, (transaction, { pin, pan }) => {
    using key = transaction.workingKey('pin');
    const clear = pin.use((digits) => pan.use((number) => writePinBlock0({ pin: digits, pan: number })));
    const pinBlock = encipherTdesPinBlock(key, clear);
    clear.fill(0);
    return { format: 0, pinBlock, ksn: transaction.ksn };
  });
}

/** What both schemes have in common of a device and its transactions. */
type DukptDevice<T extends { end(): void }> = {
  readonly hasKeys: boolean;
  begin(): T | undefined;
  save(): Secret;
  wipe(): void;
};

type ToEncrypt = Parameters<PinTransaction['encrypt']>[0];

function encryptorOver<T extends { end(): void }>(
  id: PinKeyId,
  device: DukptDevice<T>,
  encrypt: (transaction: T, of: ToEncrypt) => OnlinePin,
): PinEncryptor {
  return {
    id,
    get hasKeys() {
      return device.hasKeys;
    },
    save: () => device.save(),
    wipe: () => device.wipe(),
    begin() {
      const transaction = device.begin();
      return transaction && { end: () => transaction.end(), encrypt: (of) => encrypt(transaction, of) };
    },
  };
}
