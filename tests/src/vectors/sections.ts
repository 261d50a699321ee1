/** The sections that can be run, by their names in vector files. */
import type { Section } from './section.ts';
import { berTlv } from './sections/ber-tlv.ts';
import { cryptogram } from './sections/cryptogram.ts';
import { cvmList } from './sections/cvm-list.ts';
import { dukptAes } from './sections/dukpt-aes.ts';
import { dukptTdes } from './sections/dukpt-tdes.ts';
import { emvOda } from './sections/emv-oda.ts';
import { escpos } from './sections/escpos.ts';
import { iso8583 } from './sections/iso8583.ts';
import { luhn } from './sections/luhn.ts';
import { modernCrypto } from './sections/modern-crypto.ts';
import { pinBlocks } from './sections/pin-blocks.ts';
import { rksv } from './sections/rksv.ts';
import { terminalRiskManagement } from './sections/terminal-risk-management.ts';
import { tracks } from './sections/tracks.ts';
import { tse } from './sections/tse.ts';

export const SECTIONS: ReadonlyMap<string, Section> = new Map<string, Section>([
  ['berTlv', berTlv],
  ['cryptogram', cryptogram],
  ['cvmList', cvmList],
  ['dukptAes128', dukptAes],
  ['dukptAes192', dukptAes],
  ['dukptAes256', dukptAes],
  ['dukptTdes', dukptTdes],
  ['emvOdaCda', emvOda],
  ['emvOdaDda', emvOda],
  ['emvOdaSda', emvOda],
  ['escpos', escpos],
  ['iso8583', iso8583],
  ['luhn', luhn],
  ['modernCrypto', modernCrypto],
  ['pinBlocks', pinBlocks],
  ['rksv', rksv],
  ['terminalRiskManagement', terminalRiskManagement],
  ['tracks', tracks],
  ['tse', tse],
]);
