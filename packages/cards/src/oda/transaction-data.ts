/**
 * The data of a transaction that CDA binds the card's signature to (EMV Book 2 6.6.1): all that the terminal sent by
 * the card's lists, and all that the card answered but the signature itself.
 */
import { createHash } from 'node:crypto';
import { concatBytes } from '../cipher/bytes.ts';
import { readLength, readTag } from '../tlv/ber-tlv.ts';

const SIGNATURE_TAG = '9F4B';

/**
 * The hash: 20 bytes. Values as they were sent: of the PDOL with GET PROCESSING OPTIONS, of CDOL1 with the first
 * GENERATE AC, of CDOL2 with the second if that is the one that is signed. `response`: what is in template 77 of the
 * answer; undefined comes out where that is no BER-TLV.
 */
export function transactionDataHash({
  pdolData = new Uint8Array(),
  cdol1Data,
  cdol2Data = new Uint8Array(),
  response,
}: {
  pdolData?: Uint8Array | undefined;
  cdol1Data: Uint8Array;
  cdol2Data?: Uint8Array | undefined;
  response: Uint8Array;
}): Uint8Array | undefined {
  const answered = withoutSignature(response);
  if (answered === undefined) return undefined;
  const hash = createHash('sha1');
  for (const part of [pdolData, cdol1Data, cdol2Data, answered]) hash.update(part);
  return new Uint8Array(hash.digest());
}

/** The objects of a response as they were sent, without the signature and without zeros between them. */
function withoutSignature(response: Uint8Array): Uint8Array | undefined {
  const objects: Uint8Array[] = [];
  let offset = 0;
  while (offset < response.length) {
    if (response[offset] === 0) {
      offset += 1;
      continue;
    }
    const name = readTag(response, offset, response.length);
    const size = name.ok ? readLength(response, name.next, response.length) : name;
    if (!name.ok || !size.ok || size.next + size.length > response.length) return undefined;
    const end = size.next + size.length;
    if (name.tag !== SIGNATURE_TAG) objects.push(response.subarray(offset, end));
    offset = end;
  }
  return concatBytes(...objects);
}
