/** One form of a secret: the bytes that it takes, and the bits that may be looked at beside them. */

/** Bits that a neighbour must have: of a byte, or of the six bits that a letter of base64 stands for. */
export type Edge = { of: 'byte' | 'base64'; mask: number; value: number };

/** `before` and `after` are for what ends in the middle of a byte or a letter. */
export type Form = {
  encoding: string;
  bytes: Uint8Array;
  before?: Edge | undefined;
  after?: Edge | undefined;
};
