/**
 * A card scheme in miniature, made from nothing: a certification authority, one issuer with its keys, and the keys and
 * certificates of its cards. Simulated cards are real ones with it, and the same random numbers give the same scheme.
 * No terminal in service may trust such an authority.
 */
import type { Random } from '@holdfast/base';
import type { Secret } from '@holdfast/crypto';
import { withOddParity } from '../cipher/key-check.ts';
import type { RsaPrivateKey } from '../cipher/rsa.ts';
import { generateRsaKey } from '../cipher/rsa-key-pair.ts';
import { secretOf } from '../cipher/secrets.ts';
import type { CardKeyData } from './authenticate.ts';
import { caKeyChecksum, type DeliveredCaKey } from './ca-keys.ts';
import type { CertificateData } from './certified-key.ts';
import { makeIccCertificate } from './icc-certificate.ts';
import { makeIssuerCertificate } from './issuer-certificate.ts';
import { signStaticData } from './signed-static-data.ts';

export type TestSchemeOptions = {
  readonly random: Random;
  /** 5 bytes. */
  readonly rid: Uint8Array;
  readonly caIndex: number;
  /** 3 to 8 ASCII digits that the numbers of the issuer's cards begin with. */
  readonly issuerIdentifier: Uint8Array;
  /** 2 bytes, MMYY: the last month that the issuer's certificate is valid in. */
  readonly expirationDate: Uint8Array;
  readonly exponent?: 3 | 65537;
  /** Bytes of the moduli: each certificate must hold the next key, with or without a remainder. */
  readonly modulusLengths?: { readonly ca: number; readonly issuer: number; readonly icc: number };
};

/** What a card of the scheme is made for. */
export type TestCardOptions = {
  /** ASCII digits. */
  readonly pan: Uint8Array;
  /** 2 bytes, MMYY. */
  readonly expirationDate: Uint8Array;
  readonly staticData: Uint8Array;
  /** Keys made before, to be shared by many cards, because making them takes a while. */
  readonly keys?: TestCardKeys;
};

/** The private keys of a card: for signatures, and for PINs. */
export type TestCardKeys = { readonly icc: RsaPrivateKey; readonly pin: RsaPrivateKey };

export type TestCard = {
  readonly keys: TestCardKeys;
  /** What the terminal reads to authenticate the card. */
  readonly data: CardKeyData;
  /** The same with the certificate of the key of PINs in place of the other (tags 9F2D to 9F2F). */
  readonly pinData: CardKeyData;
  /** Tag 93. */
  readonly signedStaticData: Uint8Array;
};

/** The issuer's triple DES keys for cryptograms, script codes and script data; whoever holds the scheme wipes them. */
export type TestIssuerKeys = { readonly ac: Secret; readonly smi: Secret; readonly smc: Secret };

export type TestScheme = {
  readonly rid: Uint8Array;
  /** As the terminals get it. */
  readonly caKey: DeliveredCaKey;
  readonly issuerKeys: TestIssuerKeys;
  newCardKeys(): TestCardKeys;
  issueCard(options: TestCardOptions): TestCard;
};

const LENGTHS = { ca: 176, issuer: 144, icc: 128 };
const DATA_AUTHENTICATION_CODE = Uint8Array.of(0xda, 0xc0);
const NOTHING = new Uint8Array();

/** Makes a scheme; its keys take a moment. */
export function createTestScheme(options: TestSchemeOptions): TestScheme {
  const { random, rid, caIndex, exponent = 3, modulusLengths = LENGTHS } = options;
  const newKey = (modulusLength: number) => generateRsaKey({ modulusLength, exponent, random });
  const ca = newKey(modulusLengths.ca);
  const issuer = newKey(modulusLengths.issuer);
  const named = { rid, index: caIndex, ...ca.publicKey };
  const issuerCertificate = makeIssuerCertificate({
    caKey: ca,
    publicKey: issuer.publicKey,
    identifier: options.issuerIdentifier,
    expirationDate: options.expirationDate,
    serialNumber: random.bytes(3),
  });
  const newCardKeys = () => ({ icc: newKey(modulusLengths.icc), pin: newKey(modulusLengths.icc) });
  return {
    rid,
    caKey: { ...named, checksum: caKeyChecksum(named) },
    issuerKeys: { ac: newDesKey(random), smi: newDesKey(random), smc: newDesKey(random) },
    newCardKeys,
    issueCard: (card) =>
      issueCard({ issuer, issuerData: issuerDataOf(caIndex, issuerCertificate), random }, card, newCardKeys),
  };
}

type Issuing = { issuer: RsaPrivateKey; issuerData: CardKeyData; random: Random };

function issueCard(
  { issuer, issuerData, random }: Issuing,
  { pan, expirationDate, staticData, keys: given }: TestCardOptions,
  newCardKeys: () => TestCardKeys,
): TestCard {
  const keys = given ?? newCardKeys();
  const certify = (key: RsaPrivateKey, vouched: Uint8Array) =>
    makeIccCertificate({
      issuerKey: issuer,
      publicKey: key.publicKey,
      pan,
      expirationDate,
      serialNumber: random.bytes(3),
      staticData: vouched,
    });
  return {
    keys,
    data: { ...issuerData, ...iccDataOf(certify(keys.icc, staticData)) },
    pinData: { ...issuerData, ...iccDataOf(certify(keys.pin, NOTHING)) },
    signedStaticData: signStaticData({
      issuerKey: issuer,
      dataAuthenticationCode: DATA_AUTHENTICATION_CODE,
      staticData,
    }),
  };
}

function issuerDataOf(caPublicKeyIndex: number, data: CertificateData): CardKeyData {
  return {
    caPublicKeyIndex,
    issuerPublicKeyCertificate: data.certificate,
    issuerPublicKeyRemainder: data.remainder,
    issuerPublicKeyExponent: data.exponent,
  };
}

function iccDataOf(data: CertificateData): CardKeyData {
  return {
    iccPublicKeyCertificate: data.certificate,
    iccPublicKeyRemainder: data.remainder,
    iccPublicKeyExponent: data.exponent,
  };
}

function newDesKey(random: Random): Secret {
  return secretOf(withOddParity(random.bytes(16)));
}
