/**
 * Field 90 of ISO 8583:1987, the original data elements: which message a reversal takes back, as 42 digits. Identifiers of
 * institutions are right-justified behind zeros.
 */
import { assert } from '@holdfast/base';
import { parseMti } from './mti.ts';

/** The parts of the field; the institutions without the zeros before them, and empty where there is none. */
export type OriginalData = {
  readonly mti: string;
  /** Field 11, six digits. */
  readonly systemTraceAuditNumber: string;
  /** Field 7, MMDDhhmmss. */
  readonly transmissionDateTime: string;
  /** Field 32, at most 11 digits. */
  readonly acquirer: string;
  /** Field 33, at most 11 digits. */
  readonly forwarder: string;
};

const FIELD = /^(\d{4})(\d{6})(\d{10})(\d{11})(\d{11})$/;
const INSTITUTION_DIGITS = 11;

/** The 42 digits. */
export function encodeOriginalData(data: OriginalData): string {
  assert(parseMti(data.mti) !== undefined, 'the message type is one of ISO 8583');
  const text = [
    data.mti,
    data.systemTraceAuditNumber,
    data.transmissionDateTime,
    data.acquirer.padStart(INSTITUTION_DIGITS, '0'),
    data.forwarder.padStart(INSTITUTION_DIGITS, '0'),
  ].join('');
  assert(FIELD.test(text) && data.systemTraceAuditNumber.length === 6, 'the parts have their digits');
  return text;
}

/** The parts of 42 digits; undefined for anything else. A message type is not checked: hosts may send zeros for it. */
export function parseOriginalData(text: string): OriginalData | undefined {
  const [, mti, stan, dateTime, acquirer, forwarder] = FIELD.exec(text) ?? [];
  if (!mti || !stan || !dateTime || !acquirer || !forwarder) return undefined;
  return {
    mti,
    systemTraceAuditNumber: stan,
    transmissionDateTime: dateTime,
    acquirer: acquirer.replace(/^0+/, ''),
    forwarder: forwarder.replace(/^0+/, ''),
  };
}
