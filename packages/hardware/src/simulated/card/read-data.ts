/** Reading what a card holds (EMV Book 3 6.5.7 and 6.5.11): records of files, counters, the log. */
import { encodeTlv, SW } from '@holdfast/cards';
import { recordKey } from './application.ts';
import { DIRECTORY_SFI, directoryRecord, LOG } from './select.ts';
import { counterBytes, type Handler, ok, type Payment, type Session, status } from './session.ts';

const SFI_MAX = 30;
/** The lowest three bits of P2: P1 is the number of a record. */
const BY_NUMBER = 0x04;
/** Tag 9F4F: date, amount, currency, counter, type of cryptogram. */
const LOG_FORMAT = Uint8Array.from(Buffer.from('9A039F02065F2A029F36029F2701', 'hex'));

/** READ RECORD. Records of an application are there once its payment was initiated, the log and the directory always. */
export const readRecord: Handler = (session, { p1, p2 }) => {
  const sfi = p2 >> 3;
  if ((p2 & 0x07) !== BY_NUMBER || sfi === 0 || sfi > SFI_MAX || p1 === 0) return status(SW.wrongP1P2);
  if (session.isDirectory && session.via === 'contact') {
    if (sfi !== DIRECTORY_SFI) return status(SW.fileNotFound);
    const record = directoryRecord(session, p1);
    return record === undefined ? status(SW.recordNotFound) : ok(record);
  }
  const { payment } = session;
  if (payment === undefined) return status(SW.conditionsNotSatisfied);
  if (sfi === LOG.sfi) return logRecord(payment, p1);
  if (payment.stage === 'selected') return status(SW.conditionsNotSatisfied);
  return recordOf(payment, sfi, p1);
};

/** GET DATA of the counters, the format of the log, and the limits. */
export const getData: Handler = (session, { p1, p2 }) => {
  const { payment } = session;
  if (payment === undefined) return status(SW.conditionsNotSatisfied);
  const tag = ((p1 << 8) | p2).toString(16).toUpperCase().padStart(4, '0');
  const value = dataOf(session, payment, tag);
  return value === undefined ? status(SW.referencedDataNotFound) : ok(encodeTlv([{ tag, value }]));
};

function dataOf({ state }: Session, { memory, application }: Payment, tag: string): Uint8Array | undefined {
  switch (tag) {
    case '9F36':
      return counterBytes(memory.atc);
    case '9F13':
      return counterBytes(memory.last_online_atc);
    case '9F17':
      return application.hasOfflinePin ? Uint8Array.of(state.pin_tries_left) : undefined;
    case '9F4F':
      return LOG_FORMAT;
    case '9F58':
      return Uint8Array.of(memory.lower_limit);
    case '9F59':
      return Uint8Array.of(memory.upper_limit);
    default:
      return undefined;
  }
}

function recordOf({ profile, records }: Payment, sfi: number, record: number) {
  const key = recordKey(sfi, record);
  const made = records.get(key);
  if (made !== undefined) return ok(made.slice());
  const held = profile.records.get(key);
  if (held !== undefined) return ok(held.use((bytes) => bytes.slice()));
  const hasFile = [...profile.records.keys(), ...records.keys()].some((name) => name.startsWith(`${sfi}:`));
  return status(hasFile ? SW.recordNotFound : SW.fileNotFound);
}

function logRecord({ memory }: Payment, record: number) {
  const entry = memory.log[record - 1];
  return entry === undefined
    ? status(SW.recordNotFound)
    : ok(Uint8Array.from(Buffer.from(entry, 'base64url')));
}
