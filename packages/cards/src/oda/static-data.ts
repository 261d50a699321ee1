/**
 * What is authenticated of the card's static data (EMV Book 3 10.3): the records that the file locator marks, and the
 * AIP where the card's tag list says so.
 */
import { concatBytes } from '../cipher/bytes.ts';
import { readLength } from '../tlv/ber-tlv.ts';
import { type OdaFailure, refused } from './refusal.ts';

/** What READ RECORD returned, without the status, and the short identifier of its file. */
export type AuthenticatedRecord = { readonly sfi: number; readonly record: Uint8Array };

const TEMPLATE = 0x70;
/** Files up to here are EMV's own, and only what is inside of the template counts. */
const SFI_OF_EMV_MAX = 10;
const TAG_AIP = 0x82;

/**
 * The data in the order that they are hashed, which hold the card's number and are the caller's to wipe. `records`: in
 * the order of the file locator. `tagList`: tag 9F4A, if the card has it. `aip`: tag 82.
 */
export function staticDataOf({
  records,
  tagList,
  aip,
}: {
  records: readonly AuthenticatedRecord[];
  tagList?: Uint8Array | undefined;
  aip: Uint8Array;
}): { ok: true; data: Uint8Array } | OdaFailure {
  const parts: Uint8Array[] = [];
  for (const { sfi, record } of records) {
    const value = templateValue(record);
    if (value === undefined) return refused('record_template');
    parts.push(sfi <= SFI_OF_EMV_MAX ? value : record);
  }
  if (tagList !== undefined && tagList.length > 0) {
    if (tagList.length !== 1 || tagList[0] !== TAG_AIP) return refused('tag_list');
    parts.push(aip);
  }
  return { ok: true, data: concatBytes(...parts) };
}

/** The value of a record that is one template 70 and nothing else but zeros after it. */
function templateValue(record: Uint8Array): Uint8Array | undefined {
  if (record[0] !== TEMPLATE) return undefined;
  const size = readLength(record, 1, record.length);
  if (!size.ok || size.next + size.length > record.length) return undefined;
  const end = size.next + size.length;
  return record.subarray(end).every((byte) => byte === 0) ? record.subarray(size.next, end) : undefined;
}
