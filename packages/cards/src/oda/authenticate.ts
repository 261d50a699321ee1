/**
 * Offline data authentication as the terminal performs it (EMV Book 2 5 and 6): the chain from a certification
 * authority's key over the issuer's to the card's, then the signature. Every step is a check, and the first that fails
 * names the reason; {@link tvrBitsOf} says what the terminal notes of it.
 */
import { sameBytes } from '@holdfast/crypto';
import type { RsaPublicKey } from '../cipher/rsa.ts';
import type { CaKeys, CaPublicKey } from './ca-keys.ts';
import type { CertificateData } from './certified-key.ts';
import { monthNumber, monthOfCertificate, monthOfTransaction } from './expiry.ts';
import { openIccCertificate } from './icc-certificate.ts';
import { isIssuerOf, openIssuerCertificate } from './issuer-certificate.ts';
import { type OdaFailure, refused } from './refusal.ts';
import { openSignedDynamicData, type SignedDynamicData } from './signed-dynamic-data.ts';
import { openSignedStaticData } from './signed-static-data.ts';

/** The data objects of the card that its keys come from; what the card does not have is undefined. */
export type CardKeyData = {
  /** Tag 8F. */
  readonly caPublicKeyIndex?: number | undefined;
  /** Tag 90. */
  readonly issuerPublicKeyCertificate?: Uint8Array | undefined;
  /** Tag 92. */
  readonly issuerPublicKeyRemainder?: Uint8Array | undefined;
  /** Tag 9F32. */
  readonly issuerPublicKeyExponent?: Uint8Array | undefined;
  /** Tag 9F46, or 9F2D for the key of PINs. */
  readonly iccPublicKeyCertificate?: Uint8Array | undefined;
  /** Tag 9F48, or 9F2F. */
  readonly iccPublicKeyRemainder?: Uint8Array | undefined;
  /** Tag 9F47, or 9F2E. */
  readonly iccPublicKeyExponent?: Uint8Array | undefined;
};

/** What the terminal holds the card's data against. */
export type OdaSetting = {
  readonly caKeys: CaKeys;
  /** The first 5 bytes of the application's identifier. */
  readonly rid: Uint8Array;
  /** ASCII digits of tag 5A. */
  readonly pan: Uint8Array;
  /** Tag 9A: 3 bytes, YYMMDD. */
  readonly transactionDate: Uint8Array;
};

type KeyResult = { ok: true; publicKey: RsaPublicKey } | OdaFailure;

/** The issuer's key, certified by an authority that the terminal trusts. */
export function issuerKeyOf(card: CardKeyData, setting: OdaSetting): KeyResult {
  const { caPublicKeyIndex: index } = card;
  const data = certificateOf(
    card.issuerPublicKeyCertificate,
    card.issuerPublicKeyRemainder,
    card.issuerPublicKeyExponent,
  );
  if (index === undefined || data === undefined) return refused('data_missing');
  const caKey = setting.caKeys.find(setting.rid, index);
  if (caKey === undefined) return refused('ca_key_missing');
  if (isBeyond(caKey, setting)) return refused('ca_key_expired');
  const opened = openIssuerCertificate(data, caKey);
  if (!opened.ok) return opened;
  const { issuerIdentifier, expirationDate, serialNumber, publicKey } = opened.certificate;
  if (!isIssuerOf({ issuerIdentifier, pan: setting.pan })) return refused('issuer_identifier');
  if (isExpired(expirationDate, setting)) return refused('certificate_expired');
  if (setting.caKeys.isRevoked({ rid: setting.rid, index, serialNumber }))
    return refused('certificate_revoked');
  return { ok: true, publicKey };
}

/** The card's key, certified by its issuer together with its static data; these are empty for the key of PINs. */
export function iccKeyOf(card: CardKeyData, setting: OdaSetting, staticData: Uint8Array): KeyResult {
  const data = certificateOf(
    card.iccPublicKeyCertificate,
    card.iccPublicKeyRemainder,
    card.iccPublicKeyExponent,
  );
  if (data === undefined) return refused('data_missing');
  const issuer = issuerKeyOf(card, setting);
  if (!issuer.ok) return issuer;
  const opened = openIccCertificate(data, { issuerKey: issuer.publicKey, pan: setting.pan });
  if (!opened.ok) return opened;
  const { certificate } = opened;
  if (!certificate.vouchesFor(staticData)) return refused('hash');
  if (!certificate.isOfPan) return refused('pan');
  if (isExpired(certificate.expirationDate, setting)) return refused('certificate_expired');
  return { ok: true, publicKey: certificate.publicKey };
}

/** SDA: the issuer signed the static data. `signature`: tag 93. */
export function authenticateStaticData(
  card: CardKeyData,
  setting: OdaSetting,
  { signature, staticData }: { signature: Uint8Array | undefined; staticData: Uint8Array },
): { ok: true; dataAuthenticationCode: Uint8Array } | OdaFailure {
  if (signature === undefined || signature.length === 0) return refused('data_missing');
  const issuer = issuerKeyOf(card, setting);
  if (!issuer.ok) return issuer;
  const opened = openSignedStaticData(signature, issuer.publicKey);
  if (!opened.ok) return opened;
  if (!opened.signed.vouchesFor(staticData)) return refused('hash');
  return { ok: true, dataAuthenticationCode: opened.signed.dataAuthenticationCode };
}

/** DDA: the card signed what the terminal sent. `signature`: tag 9F4B; `terminalData`: the values of the DDOL. */
export function authenticateDynamicData(
  iccKey: RsaPublicKey,
  { signature, terminalData }: { signature: Uint8Array | undefined; terminalData: Uint8Array },
): { ok: true; iccDynamicNumber: Uint8Array } | OdaFailure {
  const opened = openOver(iccKey, signature, terminalData);
  return opened.ok ? { ok: true, iccDynamicNumber: opened.signed.iccDynamicNumber } : opened;
}

/**
 * CDA: the card signed its cryptogram and the transaction. `signature`: tag 9F4B of the answer to GENERATE AC;
 * `cryptogramInformation`: tag 9F27 of it; `transactionDataHash`: see `transaction-data.ts`.
 */
export function authenticateCombined(
  iccKey: RsaPublicKey,
  expected: {
    signature: Uint8Array | undefined;
    unpredictableNumber: Uint8Array;
    cryptogramInformation: number;
    transactionDataHash: Uint8Array | undefined;
  },
): { ok: true; iccDynamicNumber: Uint8Array; applicationCryptogram: Uint8Array } | OdaFailure {
  const opened = openOver(iccKey, expected.signature, expected.unpredictableNumber);
  if (!opened.ok) return opened;
  const { combined, iccDynamicNumber } = opened.signed;
  if (combined === undefined) return refused('dynamic_data');
  if (combined.cryptogramInformation !== expected.cryptogramInformation)
    return refused('cryptogram_information');
  const hash = expected.transactionDataHash;
  if (hash === undefined || !sameBytes(combined.transactionDataHash, hash))
    return refused('transaction_data');
  return { ok: true, iccDynamicNumber, applicationCryptogram: combined.applicationCryptogram };
}

function openOver(
  iccKey: RsaPublicKey,
  signature: Uint8Array | undefined,
  terminalData: Uint8Array,
): { ok: true; signed: SignedDynamicData } | OdaFailure {
  if (signature === undefined || signature.length === 0) return refused('data_missing');
  const opened = openSignedDynamicData(signature, iccKey);
  if (opened.ok && !opened.signed.isOver(terminalData)) return refused('hash');
  return opened;
}

function certificateOf(
  certificate: Uint8Array | undefined,
  remainder: Uint8Array | undefined,
  exponent: Uint8Array | undefined,
): CertificateData | undefined {
  const isThere = certificate !== undefined && certificate.length > 0;
  return isThere && exponent !== undefined && exponent.length > 0
    ? { certificate, remainder, exponent }
    : undefined;
}

/** Whether the certificate's last month has passed; a date that is none counts as passed. */
function isExpired(expirationDate: Uint8Array, { transactionDate }: OdaSetting): boolean {
  const last = monthOfCertificate(expirationDate);
  const now = monthOfTransaction(transactionDate);
  return last === undefined || now === undefined || now > last;
}

function isBeyond({ expires }: CaPublicKey, { transactionDate }: OdaSetting): boolean {
  const now = monthOfTransaction(transactionDate);
  return now === undefined || (expires !== undefined && now > monthNumber(expires));
}
