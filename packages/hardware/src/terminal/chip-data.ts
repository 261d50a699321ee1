/** Single elements out of the content of field 55. */
import { findTlv, parseTlv } from '@holdfast/cards';

/** The value of a tag; undefined where it is not there. */
export function chipDataOf(chipData: Uint8Array, tag: string): Uint8Array | undefined {
  const parsed = parseTlv(chipData);
  return parsed.ok ? findTlv(parsed.objects, tag)?.value : undefined;
}
