/** Field 55: the data of a chip as BER-TLV (EMV Book 4, 12.1.1), which a host counts in bytes. */
import { CardData } from '../card-data.ts';
import { encodeTlv, parseTlv, type TlvResult, type TlvSource } from '../tlv/ber-tlv.ts';

/** The longest field: its length has three digits, and the standard allows 255. */
const ICC_DATA_BYTES_MAX = 255;

/** Runs `fn` with the parsed field, whose values are views of it: what is kept must be copied. */
export function useIccData<T>(field: CardData, fn: (result: TlvResult) => T): T {
  return field.use((bytes) => fn(parseTlv(bytes)));
}

/** The field for these objects; undefined where they take more than 255 bytes. */
export function iccDataOf(objects: readonly TlvSource[]): CardData | undefined {
  const bytes = encodeTlv(objects);
  if (bytes.length <= ICC_DATA_BYTES_MAX) return CardData.take(bytes);
  bytes.fill(0);
  return undefined;
}
