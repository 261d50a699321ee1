/** The code of a German receipt: its parts by their published names, its signature, and the text that comes back of them. */
import { parseTseCode, TSE_PARTS, type TseCode, writeTseCode } from '@holdfast/commerce';
import type { Values } from '../case-values.ts';
import { Mismatch, parsed, same } from '../compare.ts';
import { compareRest, REJECT, rejectCases, type Section, textCases, valueCase } from '../section.ts';
import { isSignedTse } from './tse-signature.ts';

/** Of BSI TR-03111, as receipts name them. */
const ALGORITHM = /^ecs?dsa-plain-SHA(?:3-)?(?:224|256|384|512)$/;
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

export const tse: Section = {
  cases: (section) => [
    ...section
      .names()
      .filter((name) => /^(?:qr|code)/i.test(name) && !REJECT.test(name))
      .flatMap((name) => textCases(section, name, checkCode)),
    ...valueCase(section, ['fields'], () => checkNames(section)),
    ...rejectCases(section, (it) => parseTseCode(it.text('qr')), 'qr'),
  ],
};

function checkCode(text: string): void {
  const { code } = parsed('the code', parseTseCode(text));
  same('what is written again', writeTseCode(code), text);
  if (!ALGORITHM.test(code.signatureAlgorithm)) throw new Mismatch('the algorithm is none of a receipt');
  if (isSignedTse(code) === false) throw new Mismatch('the signature is not that of the text');
  if (code.logTimeFormat === 'unixTime' && Date.parse(code.logTime) % 1000 !== 0)
    throw new Mismatch('the time of the log is of whole seconds');
  if (Date.parse(code.startTime) > Date.parse(code.logTime))
    throw new Mismatch('the transaction was logged before it began');
}

/** The names of the parts in their order, or each part of the code by its name. */
function checkNames(section: Values): void {
  if (Array.isArray(section.peek('fields'))) {
    const names = TSE_PARTS.map((name) => PUBLISHED_NAMES[name]);
    same('the names of the parts', names, section.list('fields'));
    return;
  }
  const { code } = parsed('the code', parseTseCode(section.text('qr')));
  const expected = section.object('fields');
  for (const name of TSE_PARTS) {
    const spelling = [PUBLISHED_NAMES[name], name].find((known) => expected.has(known));
    if (spelling !== undefined) same(spelling, code[name], expected.text(spelling));
  }
  compareRest(expected);
}
