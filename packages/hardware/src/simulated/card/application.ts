/**
 * An application as it lies in a chip: what it says by each interface, its keys, and nothing that changes. Records and
 * tracks hold the number of the card and are therefore card data; they live as long as the card.
 */
import type { CardData, CardMasterKeys, RsaPrivateKey } from '@holdfast/cards';
import type { ApplicationProduct } from './product.ts';

export type Interface = 'contact' | 'contactless';

/** What an application says by one interface. */
export type InterfaceProfile = {
  /** Tag 82. */
  aip: Uint8Array;
  /** Tag 94; for a quick tap that of an offline approval. */
  afl: Uint8Array;
  /** Tag 9F38; absent for none. */
  pdol?: Uint8Array;
  /** Tag 9F49 of what INTERNAL AUTHENTICATE takes. */
  ddol: Uint8Array;
  /** Tags 8C and 8D. */
  cdol1: Uint8Array;
  cdol2: Uint8Array;
  /** Whole answers of READ RECORD by {@link recordKey}. */
  records: ReadonlyMap<string, CardData>;
};

export type ChipApplication = {
  aid: Uint8Array;
  product: ApplicationProduct;
  contact: InterfaceProfile;
  contactless: InterfaceProfile | undefined;
  keys: CardMasterKeys;
  /** The private keys of signatures and of enciphered PINs. */
  iccKey: RsaPrivateKey;
  pinKey: RsaPrivateKey;
  /** Tag 57 and tag 5F34, which a quick tap gives with the processing options. */
  track2: CardData;
  sequenceNumber: Uint8Array;
  /** Tags 9F42 and 5F28. */
  currency: Uint8Array;
  country: Uint8Array;
  hasOfflinePin: boolean;
};

/** The name of a record within a profile. */
export function recordKey(sfi: number, record: number): string {
  return `${sfi}:${record}`;
}
