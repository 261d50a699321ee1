/**
 * The Austrian cash register regulation (RKSV, annex: "Detailspezifikation"): the machine-readable code of a receipt, the
 * encrypted counter of turnover, and the chain that ties each receipt to the one before it.
 */
import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';
import { assert } from '@holdfast/base';
import { parseBase64, toBase64 } from './base64.ts';

/** The parts of the code in their order; amounts as they are printed, by tax rate. */
export type RksvCode = {
  /** Algorithm and certification provider: `R1-AT0`. */
  suite: string;
  cashBoxId: string;
  receiptId: string;
  /** Local time without a zone: `2015-10-01T15:22:34`. */
  dateTime: string;
  /** Normal, first and second reduced, zero and special rate: two decimals behind a comma or a point. */
  amounts: readonly [string, string, string, string, string];
  /** Encrypted counter of turnover, or the mark of a training receipt or of a cancellation. Base64. */
  turnover: string;
  /** Serial number of the certificate, or of the company's key. */
  certificate: string;
  /** First bytes of the hash of the receipt before. Base64 of eight bytes. */
  chain: string;
  /** Base64 of 64 bytes, or of the words for a signature device that is out of order. */
  signature: string;
};

/** A code, or the part that it is refused for. */
export type RksvResult =
  | { ok: true; code: RksvCode }
  | { ok: false; reason: 'too_long' | 'parts' | RksvPart };

/** The parts that a code can be refused for. */
export type RksvPart = Exclude<keyof RksvCode, 'cashBoxId' | 'receiptId'> | 'ids';

/** What stands in the place of a signature while the signature device is out of order. */
export const RKSV_DEVICE_FAILED = 'Sicherheitseinrichtung ausgefallen';

const CODE_CHARS_MAX = 2_048;
const PARTS = 13;
const CHAIN_BYTES = 8;
const SIGNATURE_BYTES = 64;
const TURNOVER_BYTES = 8;
const JWS_HEADER = '{"alg":"ES256"}';
const SUITE = /^R\d+-[A-Z]{2}\d+$/;
const ID = /^[^_]{1,256}$/;
const DATE_TIME = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d$/;
const AMOUNT = /^-?\d{1,15}[.,]\d{2}$/;
const CERTIFICATE = /^[0-9A-Za-z:.-]{1,128}$/;

/** Reads a code strictly. Never throws. */
export function parseRksvCode(text: string): RksvResult {
  if (text.length > CODE_CHARS_MAX) return refused('too_long');
  const parts = text.split('_');
  if (parts.length !== PARTS + 1 || parts[0] !== '') return refused('parts');
  const [, suite = '', cashBoxId = '', receiptId = '', dateTime = '', ...rest] = parts;
  const [normal = '', first = '', second = '', zero = '', special = '', ...last] = rest;
  const [turnover = '', certificate = '', chain = '', signature = ''] = last;
  const amounts = [normal, first, second, zero, special] as const;
  if (!SUITE.test(suite)) return refused('suite');
  if (!ID.test(cashBoxId) || !ID.test(receiptId)) return refused('ids');
  if (!DATE_TIME.test(dateTime)) return refused('dateTime');
  if (!amounts.every((amount) => AMOUNT.test(amount))) return refused('amounts');
  if (parseBase64(turnover) === undefined) return refused('turnover');
  if (!CERTIFICATE.test(certificate)) return refused('certificate');
  if (parseBase64(chain)?.length !== CHAIN_BYTES) return refused('chain');
  if (!isSignature(signature)) return refused('signature');
  const code = { suite, cashBoxId, receiptId, dateTime, amounts, turnover, certificate, chain, signature };
  return { ok: true, code };
}

/** The code of its parts, as {@link parseRksvCode} reads it. */
export function writeRksvCode(code: RksvCode): string {
  const { suite, cashBoxId, receiptId, dateTime, amounts, turnover, certificate, chain, signature } = code;
  const parts = [suite, cashBoxId, receiptId, dateTime, ...amounts, turnover, certificate, chain, signature];
  return parts.map((part) => `_${part}`).join('');
}

/** The register's sum of all receipts, in cents. `key`: 32 bytes; the names of register and receipt make each text another. */
export function encryptRksvTurnover(at: {
  key: Uint8Array;
  cashBoxId: string;
  receiptId: string;
  cents: bigint;
}): string {
  const plain = Buffer.alloc(TURNOVER_BYTES);
  plain.writeBigInt64BE(at.cents);
  const cipher = createCipheriv('aes-256-ctr', at.key, counterOf(at));
  return toBase64(Buffer.concat([cipher.update(plain), cipher.final()]));
}

/** The sum in cents; undefined where the text is not eight bytes. A wrong key gives a wrong sum. */
export function decryptRksvTurnover(at: {
  key: Uint8Array;
  cashBoxId: string;
  receiptId: string;
  turnover: string;
}): bigint | undefined {
  const bytes = parseBase64(at.turnover);
  if (bytes?.length !== TURNOVER_BYTES) return undefined;
  const decipher = createDecipheriv('aes-256-ctr', at.key, counterOf(at));
  return Buffer.concat([decipher.update(bytes), decipher.final()]).readBigInt64BE();
}

/** What ties a receipt to the one before it, given as its compact JWS, or to the register's name at the first one. */
export function rksvChain(previous: string): string {
  return toBase64(createHash('sha256').update(previous).digest().subarray(0, CHAIN_BYTES));
}

/** The compact JWS of a code without its signature, and of the signature. */
export function rksvJws(signed: { code: string; signature: Uint8Array }): string {
  const parts = [Buffer.from(JWS_HEADER), Buffer.from(signed.code), Buffer.from(signed.signature)];
  return parts.map((part) => part.toString('base64url')).join('.');
}

function counterOf({ cashBoxId, receiptId }: { cashBoxId: string; receiptId: string }): Uint8Array {
  assert(cashBoxId !== '' && receiptId !== '', 'register and receipt have names');
  return createHash('sha256').update(cashBoxId).update(receiptId).digest().subarray(0, 16);
}

function isSignature(text: string): boolean {
  const bytes = parseBase64(text);
  return bytes?.length === SIGNATURE_BYTES || text === toBase64(Buffer.from(RKSV_DEVICE_FAILED));
}

function refused(reason: Extract<RksvResult, { ok: false }>['reason']): RksvResult {
  return { ok: false, reason };
}
