/**
 * What cards answer (EMV Book 1 11, Book 3 6.5), brought to one shape: a list of data elements, whichever of its two
 * formats the card chose. A value is a view of the answer.
 */
import { findTlv, flattenTlv, parseTlv, type TlvObject } from '../tlv/ber-tlv.ts';

/** One primitive data element. */
export type Element = { readonly tag: string; readonly value: Uint8Array };

export type ElementsResult =
  | {
      ok: true;
      elements: readonly Element[];
      /** What is in the template, as it came: signatures are over it. */
      content: Uint8Array;
    }
  | {
      ok: false;
      reason: 'not_tlv' | 'wrong_template' | 'wrong_length' | 'missing_element' | 'duplicate_element';
    };

const AIP_LENGTH = 2;
/** CID, ATC and cryptogram; up to 32 bytes of issuer application data follow. */
const CRYPTOGRAM_LENGTH = 11;
const ISSUER_DATA_MAX = 32;

/** The answer to SELECT: all elements of the FCI template; it names its file. */
export function parseFci(data: Uint8Array): ElementsResult {
  return elementsOf(data, '6F', ['84']);
}

/** An entry of the directory of a card, or a record of an application: all elements of the template 70. */
export function parseRecord(data: Uint8Array): ElementsResult {
  return elementsOf(data, '70', []);
}

/** The entries of a record of the payment system directory (Book 1 12.2.3), each with its own elements. */
export function parseDirectoryRecord(data: Uint8Array): readonly (readonly Element[])[] | undefined {
  return entriesOf(templateOf(data, '70')?.children);
}

/** The entries that the FCI of the contactless directory holds in BF0C (EMV Contactless Book B 3.3). */
export function parseContactlessDirectory(data: Uint8Array): readonly (readonly Element[])[] | undefined {
  const fci = templateOf(data, '6F')?.children;
  return entriesOf(fci && findTlv(fci, 'BF0C')?.children);
}

/** The answer to GET PROCESSING OPTIONS: format 1 holds AIP and AFL, format 2 any elements with AIP among them. */
export function parseProcessingOptions(data: Uint8Array): ElementsResult {
  return inEitherFormat(data, ['82'], (value) => {
    if (value.length < AIP_LENGTH + 4 || (value.length - AIP_LENGTH) % 4 !== 0) return undefined;
    return [element('82', value.subarray(0, AIP_LENGTH)), element('94', value.subarray(AIP_LENGTH))];
  });
}

/** The answer to GENERATE AC. With a signature of CDA, which only format 2 holds, the cryptogram is in the signature. */
export function parseCryptogramAnswer(data: Uint8Array): ElementsResult {
  return inEitherFormat(data, ['9F27', '9F36'], (value) => {
    const isFitting =
      value.length >= CRYPTOGRAM_LENGTH && value.length <= CRYPTOGRAM_LENGTH + ISSUER_DATA_MAX;
    if (!isFitting) return undefined;
    const elements = [
      element('9F27', value.subarray(0, 1)),
      element('9F36', value.subarray(1, 3)),
      element('9F26', value.subarray(3, CRYPTOGRAM_LENGTH)),
    ];
    const issuerData = value.subarray(CRYPTOGRAM_LENGTH);
    return issuerData.length === 0 ? elements : [...elements, element('9F10', issuerData)];
  });
}

/** The answer to INTERNAL AUTHENTICATE: the signed dynamic application data, tag 9F4B. */
export function parseSignedData(data: Uint8Array): ElementsResult {
  return inEitherFormat(data, ['9F4B'], (value) =>
    value.length === 0 ? undefined : [element('9F4B', value)],
  );
}

/** The answer to GET DATA of one primitive element. */
export function parseDataAnswer(data: Uint8Array, tag: string): Uint8Array | undefined {
  return templateOf(data, tag)?.value;
}

function inEitherFormat(
  data: Uint8Array,
  required: readonly string[],
  ofFormat1: (value: Uint8Array) => Element[] | undefined,
): ElementsResult {
  const parsed = parseTlv(data);
  if (!parsed.ok) return { ok: false, reason: 'not_tlv' };
  const [only] = parsed.objects;
  if (parsed.objects.length !== 1 || only?.tag !== '80')
    return withoutDuplicates(elementsOf(data, '77', required));
  const elements = ofFormat1(only.value);
  return elements === undefined
    ? { ok: false, reason: 'wrong_length' }
    : { ok: true, elements, content: only.value };
}

function elementsOf(data: Uint8Array, tag: string, required: readonly string[]): ElementsResult {
  if (!parseTlv(data).ok) return { ok: false, reason: 'not_tlv' };
  const template = templateOf(data, tag);
  if (template?.children === undefined) return { ok: false, reason: 'wrong_template' };
  const elements = primitivesOf(template.children);
  const hasAll = required.every((name) => elements.some((found) => found.tag === name));
  return hasAll ? { ok: true, elements, content: template.value } : { ok: false, reason: 'missing_element' };
}

/** An element that stands twice in an answer would leave open which of them counts. */
function withoutDuplicates(result: ElementsResult): ElementsResult {
  if (!result.ok) return result;
  const tags = new Set(result.elements.map(({ tag }) => tag));
  return tags.size === result.elements.length ? result : { ok: false, reason: 'duplicate_element' };
}

/** The only object of the answer, if it has this tag. */
function templateOf(data: Uint8Array, tag: string): TlvObject | undefined {
  const parsed = parseTlv(data);
  if (!parsed.ok || parsed.objects.length !== 1) return undefined;
  return parsed.objects.find((object) => object.tag === tag);
}

function entriesOf(objects: readonly TlvObject[] | undefined): readonly (readonly Element[])[] | undefined {
  return objects?.filter((object) => object.tag === '61').map((entry) => primitivesOf(entry.children ?? []));
}

function primitivesOf(objects: readonly TlvObject[]): Element[] {
  return flattenTlv(objects).filter((object) => object.children === undefined);
}

function element(tag: string, value: Uint8Array): Element {
  return { tag, value };
}
