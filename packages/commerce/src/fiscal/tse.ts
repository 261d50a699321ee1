/**
 * The code of a German receipt signed by a technical security system (DSFinV-K annex I, AEAO to § 146a AO): what was
 * signed, by what, and when, as text parted by semicolons for a QR code. The signature itself is not checked here: whoever
 * does builds the log message (BSI TR-03153) from the parts of the code again.
 */
import { parseBase64 } from './base64.ts';

/** The parts of the code in their order and as they are printed. */
export type TseCode = {
  version: string;
  cashRegisterSerial: string;
  processType: string;
  processData: string;
  transactionNumber: string;
  signatureCounter: string;
  startTime: string;
  logTime: string;
  signatureAlgorithm: string;
  logTimeFormat: string;
  /** Base64. */
  signature: string;
  /** Base64. */
  publicKey: string;
};

/** A code, or the part that it is refused for. */
export type TseResult =
  | { ok: true; code: TseCode }
  | { ok: false; reason: 'too_long' | 'parts' | keyof TseCode };

/** What the process data of `Kassenbeleg-V1` say: gross amounts by tax rate, and how they were paid, in cents. */
export type TseReceiptData = {
  kind: string;
  /** 19 %, 7 %, 10.7 %, 5.5 %, 0 %. */
  amounts: readonly bigint[];
  payments: readonly { cents: bigint; method: 'Bar' | 'Unbar'; currency: string | undefined }[];
};

/** The names of the parts in the order of the code. */
export const TSE_PARTS = [
  'version',
  'cashRegisterSerial',
  'processType',
  'processData',
  'transactionNumber',
  'signatureCounter',
  'startTime',
  'logTime',
  'signatureAlgorithm',
  'logTimeFormat',
  'signature',
  'publicKey',
] as const satisfies readonly (keyof TseCode)[];

const CODE_CHARS_MAX = 4_096;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{3})?(?:Z|[+-]\d{2}:\d{2})$/;
const NUMBER = /^\d{1,20}$/;
const WORD = /^[^;]{1,256}$/;
const RECEIPT = /^(?<kind>[\w-]+)\^(?<amounts>[^^]*)\^(?<payments>[^^]*)$/;
const AMOUNT = /^-?\d{1,15}\.\d{2}$/;
const PAYMENT = /^(-?\d{1,15}\.\d{2}):(Bar|Unbar)(?::([A-Z]{3}))?$/;
const TAX_RATES = 5;

const CHECKS: Record<keyof TseCode, (text: string) => boolean> = {
  version: (text) => text === 'V0',
  cashRegisterSerial: (text) => WORD.test(text),
  processType: (text) => WORD.test(text),
  processData: (text) => text.length > 0,
  transactionNumber: (text) => NUMBER.test(text),
  signatureCounter: (text) => NUMBER.test(text),
  startTime: isTime,
  logTime: isTime,
  signatureAlgorithm: (text) => WORD.test(text),
  logTimeFormat: (text) =>
    [
      'unixTime',
      'utcTime',
      'utcTimeWithSeconds',
      'generalizedTime',
      'generalizedTimeWithMilliseconds',
    ].includes(text),
  signature: isBase64,
  publicKey: isBase64,
};

/** Reads a code strictly. Never throws. */
export function parseTseCode(text: string): TseResult {
  if (text.length > CODE_CHARS_MAX) return { ok: false, reason: 'too_long' };
  const texts = text.split(';');
  if (texts.length !== TSE_PARTS.length) return { ok: false, reason: 'parts' };
  const at = (name: keyof TseCode) => texts[TSE_PARTS.indexOf(name)] ?? '';
  const wrong = TSE_PARTS.find((name) => !CHECKS[name](at(name)));
  if (wrong !== undefined) return { ok: false, reason: wrong };
  // The parts are those of TSE_PARTS, which names every member.
  const code = Object.fromEntries(TSE_PARTS.map((name) => [name, at(name)])) as TseCode;
  const isRead = code.processType !== 'Kassenbeleg-V1' || parseTseReceiptData(code.processData) !== undefined;
  return isRead ? { ok: true, code } : { ok: false, reason: 'processData' };
}

/** The code of its parts, as {@link parseTseCode} reads it. */
export function writeTseCode(code: TseCode): string {
  return TSE_PARTS.map((name) => code[name]).join(';');
}

/** The process data of a receipt; undefined where they are none, or what was paid is not what was sold. */
export function parseTseReceiptData(text: string): TseReceiptData | undefined {
  const { kind = '', amounts: sold = '', payments: paid = '' } = RECEIPT.exec(text)?.groups ?? {};
  const amounts = sold.split('_');
  const payments = paid.split('_').map((payment) => PAYMENT.exec(payment));
  if (kind === '' || amounts.length !== TAX_RATES || !amounts.every((amount) => AMOUNT.test(amount)))
    return undefined;
  const read: TseReceiptData = {
    kind,
    amounts: amounts.map(centsOf),
    payments: payments.flatMap((payment) => {
      const [, amount = '', method, currency] = payment ?? [];
      return method === 'Bar' || method === 'Unbar' ? [{ cents: centsOf(amount), method, currency }] : [];
    }),
  };
  const isWhole = read.payments.length === payments.length;
  const isForeign = read.payments.some(({ currency }) => currency !== undefined);
  return isWhole && (isForeign || isBalanced(read)) ? read : undefined;
}

function isBalanced({ amounts, payments }: TseReceiptData): boolean {
  const sold = amounts.reduce((sum, amount) => sum + amount, 0n);
  return payments.reduce((sum, { cents }) => sum + cents, 0n) === sold;
}

function centsOf(amount: string): bigint {
  return amount === '' ? 0n : BigInt(amount.replace('.', ''));
}

function isTime(text: string): boolean {
  return TIME.test(text) && !Number.isNaN(Date.parse(text));
}

function isBase64(text: string): boolean {
  return text !== '' && parseBase64(text) !== undefined;
}
