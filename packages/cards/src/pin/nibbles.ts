/** Half bytes one an element, in which PIN blocks are described (ISO 9564-1). */

/** The half bytes of `bytes`, the higher one first. */
export function toNibbles(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: 2 * bytes.length }, (_, index) => {
    const byte = bytes[index >> 1] ?? 0;
    return index % 2 === 0 ? byte >> 4 : byte & 0xf;
  });
}

/** The bytes of an even number of half bytes. */
export function fromNibbles(nibbles: Uint8Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(
    { length: nibbles.length / 2 },
    (_, index) => ((nibbles[2 * index] ?? 0) << 4) | (nibbles[2 * index + 1] ?? 0),
  );
}
