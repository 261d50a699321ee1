/**
 * The bit fields of a payment by chip: TVR (tag 95), TSI (9B), AIP (82) and AUC (9F07) by EMV Book 3 Annex C,
 * terminal capabilities (9F33, 9F40) by Book 4 Annex A. Names are those of the tables of version 4.4; its bits of
 * biometrics and of extended data authentication are reserved here, since the terminal performs neither.
 */
import { bitField } from './bit-field.ts';

/** Terminal Verification Results, tag 95 (Book 3 Annex C5). */
export const TVR = bitField(5, {
  offlineDataAuthenticationNotPerformed: [1, 0x80],
  sdaFailed: [1, 0x40],
  iccDataMissing: [1, 0x20],
  cardOnExceptionFile: [1, 0x10],
  ddaFailed: [1, 0x08],
  cdaFailed: [1, 0x04],
  sdaSelected: [1, 0x02],
  applicationVersionsDiffer: [2, 0x80],
  expiredApplication: [2, 0x40],
  applicationNotYetEffective: [2, 0x20],
  serviceNotAllowed: [2, 0x10],
  newCard: [2, 0x08],
  cardholderVerificationFailed: [3, 0x80],
  unrecognisedCvm: [3, 0x40],
  pinTryLimitExceeded: [3, 0x20],
  pinPadNotWorking: [3, 0x10],
  pinNotEntered: [3, 0x08],
  onlinePinEntered: [3, 0x04],
  floorLimitExceeded: [4, 0x80],
  lowerConsecutiveOfflineLimitExceeded: [4, 0x40],
  upperConsecutiveOfflineLimitExceeded: [4, 0x20],
  selectedRandomlyForOnline: [4, 0x10],
  merchantForcedOnline: [4, 0x08],
  defaultTdolUsed: [5, 0x80],
  issuerAuthenticationFailed: [5, 0x40],
  scriptFailedBeforeFinalGenerateAc: [5, 0x20],
  scriptFailedAfterFinalGenerateAc: [5, 0x10],
});
export type Tvr = ReturnType<typeof TVR.none>;

/** Transaction Status Information, tag 9B (Book 3 Annex C6). */
export const TSI = bitField(2, {
  offlineDataAuthenticationPerformed: [1, 0x80],
  cardholderVerificationPerformed: [1, 0x40],
  cardRiskManagementPerformed: [1, 0x20],
  issuerAuthenticationPerformed: [1, 0x10],
  terminalRiskManagementPerformed: [1, 0x08],
  scriptProcessingPerformed: [1, 0x04],
});
export type Tsi = ReturnType<typeof TSI.none>;

/** Application Interchange Profile, tag 82 (Book 3 Annex C1). */
export const AIP = bitField(2, {
  sdaSupported: [1, 0x40],
  ddaSupported: [1, 0x20],
  cardholderVerificationSupported: [1, 0x10],
  terminalRiskManagementRequired: [1, 0x08],
  issuerAuthenticationSupported: [1, 0x04],
  cdaSupported: [1, 0x01],
  contactlessEmvModeSupported: [2, 0x80],
});
export type Aip = ReturnType<typeof AIP.none>;

/** Application Usage Control, tag 9F07 (Book 3 Annex C2). */
export const AUC = bitField(2, {
  domesticCash: [1, 0x80],
  internationalCash: [1, 0x40],
  domesticGoods: [1, 0x20],
  internationalGoods: [1, 0x10],
  domesticServices: [1, 0x08],
  internationalServices: [1, 0x04],
  atAtms: [1, 0x02],
  atOtherTerminals: [1, 0x01],
  domesticCashback: [2, 0x80],
  internationalCashback: [2, 0x40],
});
export type Auc = ReturnType<typeof AUC.none>;

/** Terminal Capabilities, tag 9F33 (Book 4 Annex A2). */
export const TERMINAL_CAPABILITIES = bitField(3, {
  manualKeyEntry: [1, 0x80],
  magneticStripe: [1, 0x40],
  chipWithContacts: [1, 0x20],
  plainOfflinePin: [2, 0x80],
  onlinePin: [2, 0x40],
  signature: [2, 0x20],
  encipheredOfflinePin: [2, 0x10],
  noCvmRequired: [2, 0x08],
  sda: [3, 0x80],
  dda: [3, 0x40],
  cardCapture: [3, 0x20],
  cda: [3, 0x08],
});
export type TerminalCapabilities = ReturnType<typeof TERMINAL_CAPABILITIES.none>;

/** Additional Terminal Capabilities, tag 9F40 (Book 4 Annex A3): the kinds of transactions, keys and outputs. */
export const ADDITIONAL_TERMINAL_CAPABILITIES = bitField(5, {
  cash: [1, 0x80],
  goods: [1, 0x40],
  services: [1, 0x20],
  cashback: [1, 0x10],
  inquiry: [1, 0x08],
  transfer: [1, 0x04],
  payment: [1, 0x02],
  administrative: [1, 0x01],
  cashDeposit: [2, 0x80],
  numericKeys: [3, 0x80],
  alphabeticAndSpecialKeys: [3, 0x40],
  commandKeys: [3, 0x20],
  functionKeys: [3, 0x10],
  printForAttendant: [4, 0x80],
  printForCardholder: [4, 0x40],
  displayForAttendant: [4, 0x20],
  displayForCardholder: [4, 0x10],
  codeTable10: [4, 0x02],
  codeTable9: [4, 0x01],
  codeTable8: [5, 0x80],
  codeTable7: [5, 0x40],
  codeTable6: [5, 0x20],
  codeTable5: [5, 0x10],
  codeTable4: [5, 0x08],
  codeTable3: [5, 0x04],
  codeTable2: [5, 0x02],
  codeTable1: [5, 0x01],
});
