/**
 * The two headers of a signature, Signature-Input and Signature (RFC 9421 sections 4.1 and 4.2), read strictly: one
 * label, exactly four parameters, and only the one spelling structured fields have (RFC 9651), because a tolerant reader is
 * how a second label or a repeated parameter gets past a check. The order of components and parameters is free.
 */
import {
  type InnerList,
  ParseError,
  parseDictionary,
  serializeDictionary,
  serializeInnerList,
} from 'structured-headers';
import { isKeyId, PROFILE_TAG, parseNonce, SIGNATURE_LABEL } from './signature-profile.ts';

const INPUT_LENGTH_MAX = 1_024;
const PARAMETERS = 4;
/** 64 bytes: 85 free characters and one that holds two bits. */
const SIGNATURE = /^sig1=:([A-Za-z0-9+/]{85}[AQgw]==):$/;

/** A Signature-Input of the profile. */
export type SignatureInput = {
  /** Names of the covered components, in the order they were signed. */
  covered: string[];
  /** Unix seconds, by the signer's clock. */
  created: number;
  nonce: string;
  serverNonce: string | undefined;
  keyId: string;
  /** The value of `@signature-params`. */
  params: string;
};

/** The value of `@signature-params` for a new signature; with `sig1=` before it, the value of the header. */
export function signatureParams(input: {
  covered: string[];
  createdSeconds: number;
  nonce: string;
  keyId: string;
}): string {
  return serializeInnerList([
    input.covered.map((name) => [name, new Map()]),
    new Map<string, string | number>([
      ['created', input.createdSeconds],
      ['nonce', input.nonce],
      ['keyid', input.keyId],
      ['tag', PROFILE_TAG],
    ]),
  ]);
}

/** Reads a Signature-Input header, or says what is wrong with it. */
export function parseSignatureInput(header: string): SignatureInput | { fault: string } {
  const list = parseList(header);
  if (list === undefined) return { fault: 'Signature-Input is not one list labelled sig1' };
  const [items, parameters] = list;
  const covered = items.flatMap(([name, extra]) =>
    typeof name === 'string' && extra.size === 0 ? [name] : [],
  );
  if (covered.length !== items.length) return { fault: 'a covered component has parameters' };
  const created = parameters.get('created');
  const nonce = parameters.get('nonce');
  const keyId = parameters.get('keyid');
  if (parameters.size !== PARAMETERS || parameters.get('tag') !== PROFILE_TAG) {
    return { fault: `the parameters are created, nonce, keyid and tag="${PROFILE_TAG}", no other` };
  }
  if (typeof created !== 'number' || !Number.isSafeInteger(created) || created < 0) {
    return { fault: 'created is not a time' };
  }
  const parsedNonce = typeof nonce === 'string' ? parseNonce(nonce) : undefined;
  if (typeof nonce !== 'string' || parsedNonce === undefined) return { fault: 'the nonce is malformed' };
  if (typeof keyId !== 'string' || !isKeyId(keyId)) return { fault: 'the keyid is malformed' };
  const params = header.slice(SIGNATURE_LABEL.length + 1);
  return { covered, created, nonce, serverNonce: parsedNonce.serverNonce, keyId, params };
}

/** The 64 bytes of a Signature header, or undefined when it is not `sig1=:…:` alone in canonical base64. */
export function parseSignature(header: string): Buffer | undefined {
  const base64 = SIGNATURE.exec(header)?.[1];
  return base64 === undefined ? undefined : Buffer.from(base64, 'base64');
}

/** The Signature header of 64 bytes. */
export function formatSignature(signature: Uint8Array): string {
  return `${SIGNATURE_LABEL}=:${Buffer.from(signature).toString('base64')}:`;
}

/** The inner list of a header that holds nothing else and is spelled as it would be serialised. */
function parseList(header: string): InnerList | undefined {
  if (header.length > INPUT_LENGTH_MAX) return undefined;
  try {
    const dictionary = parseDictionary(header);
    const member = dictionary.get(SIGNATURE_LABEL);
    if (dictionary.size !== 1 || member === undefined || !isInnerList(member)) return undefined;
    // Parsers let the last of two equal keys win; serialised again, only one is left and the texts differ.
    return serializeDictionary(dictionary) === header ? member : undefined;
  } catch (error) {
    if (error instanceof ParseError) return undefined;
    throw error;
  }
}

function isInnerList(member: unknown[]): member is InnerList {
  return Array.isArray(member[0]);
}
