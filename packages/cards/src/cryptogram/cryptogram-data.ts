/**
 * The data that a cryptogram is over (EMV Book 2 8.1.1 with the schemes' lists): the payment as the terminal told it, then
 * what the card has. Card and issuer collect them by the same list, each from what it was sent.
 */
import { concatBytes } from '../cipher/bytes.ts';
import type { CryptogramVersion } from './cryptogram-version.ts';
import { authenticatedIssuerData } from './issuer-application-data.ts';

/** What cards ask the terminal for in CDOL1, with lengths (the minimum of Book 2 8.1.1, table 26). */
export const CRYPTOGRAM_INPUTS: readonly (readonly [tag: string, length: number])[] = [
  ['9F02', 6],
  ['9F03', 6],
  ['9F1A', 2],
  ['95', 5],
  ['5F2A', 2],
  ['9A', 3],
  ['9C', 1],
  ['9F37', 4],
];
const OF_CARD: readonly (readonly [tag: string, length: number])[] = [
  ['82', 2],
  ['9F36', 2],
];

/**
 * The data in their order, by the values of tags. Undefined where one is missing or of another length, or where tag 9F10
 * is not of this version.
 */
export function cryptogramData(
  version: CryptogramVersion,
  value: (tag: string) => Uint8Array | undefined,
): Uint8Array<ArrayBuffer> | undefined {
  const parts: Uint8Array[] = [];
  for (const [tag, length] of [...CRYPTOGRAM_INPUTS, ...OF_CARD]) {
    const bytes = value(tag);
    if (bytes?.length !== length) return undefined;
    parts.push(bytes);
  }
  const ofIssuer = authenticatedIssuerData(version, value('9F10') ?? new Uint8Array());
  return ofIssuer && concatBytes(...parts, ofIssuer);
}
