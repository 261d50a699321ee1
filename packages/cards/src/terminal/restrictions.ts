/**
 * Processing restrictions (EMV Book 3 10.4): whether the card's application is of this version, in force today, and
 * meant for this kind of payment in this country. None of them ends a payment; they set bits of the TVR.
 */
import { sameBytes } from '@holdfast/crypto';
import { readNumeric } from '../encoding/bcd.ts';
import { compareDates, parseYymmdd } from '../pan/expiry.ts';
import { AUC, type Auc, type Tvr } from './bits.ts';

/** What a payment is for. `purchase` is one of goods or services, where the terminal does not tell them apart. */
export type TransactionKind = 'goods' | 'services' | 'purchase' | 'cash' | 'cashback' | 'other';

/** Elements of the card by their tags, undefined where it has none; `isAtm` and the others are the terminal's. */
export type RestrictionSetting = {
  /** Tag 9F08 and tag 9F09. */
  cardVersion: Uint8Array | undefined;
  terminalVersion: Uint8Array;
  /** Tag 9F07. */
  usageControl: Uint8Array | undefined;
  /** Tag 5F28 and tag 9F1A. */
  issuerCountry: Uint8Array | undefined;
  terminalCountry: Uint8Array;
  isAtm: boolean;
  transaction: TransactionKind;
  /** Tag 9A. */
  today: Uint8Array;
  /** Tag 5F25. */
  effectiveDate: Uint8Array | undefined;
  /** Tag 5F24, which every card has. */
  expirationDate: Uint8Array;
};

/** The bits to set. A date of the card that is none counts against it. */
export function checkRestrictions(setting: RestrictionSetting): Partial<Tvr> {
  const tvr: Partial<Tvr> = {};
  const { cardVersion, terminalVersion, effectiveDate } = setting;
  if (cardVersion !== undefined && !sameBytes(cardVersion, terminalVersion))
    tvr.applicationVersionsDiffer = true;
  if (!isServiceAllowed(setting)) tvr.serviceNotAllowed = true;
  if (effectiveDate !== undefined && !isUntil(effectiveDate, setting.today))
    tvr.applicationNotYetEffective = true;
  if (!isUntil(setting.today, setting.expirationDate)) tvr.expiredApplication = true;
  return tvr;
}

/** True if the first date is not after the second; false if either is none. */
function isUntil(first: Uint8Array, second: Uint8Array): boolean {
  const [one, other] = [first, second].map((bytes) => parseYymmdd(readNumeric(bytes) ?? new Uint8Array()));
  return one !== undefined && other !== undefined && compareDates(one, other) <= 0;
}

/** Book 3 10.4.2 with its table 36; without a usage control everything is allowed. */
function isServiceAllowed(setting: RestrictionSetting): boolean {
  const auc = setting.usageControl === undefined ? undefined : AUC.read(setting.usageControl);
  if (auc === undefined) return setting.usageControl === undefined;
  if (!(setting.isAtm ? auc.atAtms : auc.atOtherTerminals)) return false;
  if (setting.issuerCountry === undefined) return true;
  const isDomestic = sameBytes(setting.issuerCountry, setting.terminalCountry);
  return isKindAllowed(setting.transaction, isDomestic ? domesticOf(auc) : internationalOf(auc));
}

type Allowed = { cash: boolean; goods: boolean; services: boolean; cashback: boolean };

function domesticOf(auc: Auc): Allowed {
  return {
    cash: auc.domesticCash,
    goods: auc.domesticGoods,
    services: auc.domesticServices,
    cashback: auc.domesticCashback,
  };
}

function internationalOf(auc: Auc): Allowed {
  return {
    cash: auc.internationalCash,
    goods: auc.internationalGoods,
    services: auc.internationalServices,
    cashback: auc.internationalCashback,
  };
}

/** A purchase with cashback must be allowed as both. */
function isKindAllowed(kind: TransactionKind, allowed: Allowed): boolean {
  const isPurchaseAllowed = allowed.goods || allowed.services;
  switch (kind) {
    case 'purchase':
      return isPurchaseAllowed;
    case 'cashback':
      return isPurchaseAllowed && allowed.cashback;
    case 'goods':
    case 'services':
    case 'cash':
      return allowed[kind];
    case 'other':
      return true;
  }
}
