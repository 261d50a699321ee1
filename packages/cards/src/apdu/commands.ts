/** The commands of a payment (EMV Book 1 11, Book 3 6.5), as a terminal sends them. */
import { assert } from '@holdfast/base';
import { type CryptogramType, codeOfCryptogram } from '../terminal/cryptogram-information.ts';
import { type Command, LE_ALL } from './command.ts';

const RECORD_MAX = 255;
const SFI_MAX = 30;

/** SELECT by name: the first application of that name, or the next one of a partial name. */
export function select(name: Uint8Array, occurrence: 'first' | 'next' = 'first'): Command {
  return { cla: 0x00, ins: 0xa4, p1: 0x04, p2: occurrence === 'first' ? 0x00 : 0x02, data: name, le: LE_ALL };
}

/** READ RECORD of a file by its short identifier. */
export function readRecord(sfi: number, record: number): Command {
  assert(sfi >= 1 && sfi <= SFI_MAX && record >= 1 && record <= RECORD_MAX, 'the record has an address');
  return { cla: 0x00, ins: 0xb2, p1: record, p2: (sfi << 3) | 0x04, le: LE_ALL };
}

/** GET PROCESSING OPTIONS; `commandTemplate` is tag 83 with the data that the PDOL asks for. */
export function getProcessingOptions(commandTemplate: Uint8Array): Command {
  return { cla: 0x80, ins: 0xa8, p1: 0x00, p2: 0x00, data: commandTemplate, le: LE_ALL };
}

/** GET DATA of an object with a tag of two bytes, such as 0x9F36. */
export function getData(tag: number): Command {
  return { cla: 0x80, ins: 0xca, p1: tag >> 8, p2: tag & 0xff, le: LE_ALL };
}

/** INTERNAL AUTHENTICATE: the card signs the data that the DDOL asks for. */
export function internalAuthenticate(ddolData: Uint8Array): Command {
  return { cla: 0x00, ins: 0x88, p1: 0x00, p2: 0x00, data: ddolData, le: LE_ALL };
}

/** VERIFY of a PIN: a plain block of format 2, or one enciphered under the key of the card. */
export function verify(block: Uint8Array, isEnciphered: boolean): Command {
  return { cla: 0x00, ins: 0x20, p1: 0x00, p2: isEnciphered ? 0x88 : 0x80, data: block };
}

/** GET CHALLENGE: eight bytes that make each enciphered PIN another one. */
export function getChallenge(): Command {
  return { cla: 0x00, ins: 0x84, p1: 0x00, p2: 0x00, le: LE_ALL };
}

/** GENERATE APPLICATION CRYPTOGRAM over the data that CDOL1 or CDOL2 asks for, with a signature of CDA if wanted. */
export function generateAc(type: CryptogramType, cdolData: Uint8Array, isCdaRequested: boolean): Command {
  const p1 = codeOfCryptogram(type) | (isCdaRequested ? 0x10 : 0x00);
  const data = cdolData.length === 0 ? undefined : cdolData;
  return { cla: 0x80, ins: 0xae, p1, p2: 0x00, data, le: LE_ALL };
}

/** EXTERNAL AUTHENTICATE with what the issuer answered in tag 91. */
export function externalAuthenticate(issuerAuthenticationData: Uint8Array): Command {
  return { cla: 0x00, ins: 0x82, p1: 0x00, p2: 0x00, data: issuerAuthenticationData };
}
