/** The code of a German receipt: its parts by their published names, and the text that comes back out of them. */
import { parseTseCode, TSE_PARTS, type TseCode, writeTseCode } from '@holdfast/commerce';
import { parsed, same } from '../case-values.ts';
import { type Section, valueCase } from '../section.ts';

/** As the specification calls them. */
const PUBLISHED_NAMES: Readonly<Record<keyof TseCode, string>> = {
  version: 'version',
  cashRegisterSerial: 'kassen-seriennummer',
  processType: 'processType',
  processData: 'processData',
  transactionNumber: 'transaktions-nummer',
  signatureCounter: 'signatur-zaehler',
  startTime: 'start-zeit',
  logTime: 'log-time',
  signatureAlgorithm: 'sig-alg',
  logTimeFormat: 'log-time-format',
  signature: 'signatur',
  publicKey: 'public-key',
};

export const tse: Section = (section) => [
  ...valueCase(section, ['qr'], () => {
    const { code } = parsed('the code', parseTseCode(section.text('qr')));
    same('what is written again', writeTseCode(code), section.text('qr'));
  }),
  ...valueCase(section, ['fields'], () => {
    const names = TSE_PARTS.map((name) => PUBLISHED_NAMES[name]);
    same('the names of the parts', names, section.list('fields'));
  }),
];
