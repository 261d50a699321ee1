import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { RsaPublicKey } from '../cipher/rsa.ts';
import { fromHex, toHex } from '../encoding/hex.ts';
import { authenticateDynamicData, issuerKeyOf } from './authenticate.ts';
import { createCaKeys } from './ca-keys.ts';
import { openIccCertificate } from './icc-certificate.ts';
import { openIssuerCertificate } from './issuer-certificate.ts';
import { openSignedDynamicData } from './signed-dynamic-data.ts';
import { openSignedStaticData } from './signed-static-data.ts';

type Chain = {
  rid: string;
  caIndex: string;
  caExponent: string;
  caChecksum: string;
  caModulus: string;
  pan: string;
  issuerExp: string;
  issuerCert90: string;
  issuerRemainder92: string;
  issuerModulus: string;
  iccExp: string;
  iccCert9F46: string;
  iccRemainder9F48: string;
  iccModulus: string;
  sdad9F4B: string;
  issuerCertificate: { identifier: string; expires: string; serial: string };
  iccCertificate: { expires: string; serial: string; hash: string };
};
type Cda = Chain & {
  unpredictableNumber: string;
  iccDynamicNumber: string;
  cid: string;
  ac: string;
  transactionDataHash: string;
};
type Sda = { issuerModulus: string; issuerExp: string; ssad93: string; dac: string; hash: string };
type Vectors = { emvOdaDda: Chain & { ddolData: string }; emvOdaCda: Cda; emvOdaSda: Sda };
const file = new URL('../../../../docs/vectors/payments/emv-oda.json', import.meta.url);
const vectors: Vectors = JSON.parse(readFileSync(file, 'utf8'));
const chains: Chain[] = [vectors.emvOdaDda, vectors.emvOdaCda];
const ascii = (text: string) => new TextEncoder().encode(text);

test.each(chains)('the issuer certificate under key $rid $caIndex', (chain) => {
  const opened = openIssuerCertificate(issuerDataOf(chain), caKeyOf(chain));
  if (!opened.ok) throw new Error(opened.reason);
  const { publicKey, issuerIdentifier, expirationDate, serialNumber } = opened.certificate;
  expect(toHex(publicKey.modulus)).toBe(chain.issuerModulus);
  expect(toHex(issuerIdentifier)).toBe(chain.issuerCertificate.identifier);
  expect(toHex(expirationDate)).toBe(chain.issuerCertificate.expires);
  expect(toHex(serialNumber)).toBe(chain.issuerCertificate.serial);
});

test.each(chains)('the issuer key is trusted in its time, for its numbers: $rid', (chain) => {
  const key = { rid: fromHex(chain.rid), index: Number.parseInt(chain.caIndex, 16), ...caKeyOf(chain) };
  const created = createCaKeys({ keys: [{ ...key, checksum: fromHex(chain.caChecksum) }], revoked: [] });
  if (!created.ok) throw new Error(created.reason);
  const card = {
    caPublicKeyIndex: key.index,
    issuerPublicKeyCertificate: fromHex(chain.issuerCert90),
    issuerPublicKeyRemainder: fromHex(chain.issuerRemainder92),
    issuerPublicKeyExponent: fromHex(chain.issuerExp),
  };
  const setting = { caKeys: created.caKeys, rid: key.rid, pan: ascii(chain.pan) };
  const keyAt = (date: string) => issuerKeyOf(card, { ...setting, transactionDate: fromHex(date) });
  expect(keyAt('250506').ok).toBe(true);
  expect(keyAt('990506').ok).toBe(true);
  expect(keyAt('320101')).toEqual({ ok: false, reason: 'certificate_expired' });
});

test.each(chains)('the card certificate of $pan', (chain) => {
  const opened = openIccCertificate(iccDataOf(chain), { issuerKey: issuerKey(chain), pan: ascii(chain.pan) });
  if (!opened.ok) throw new Error(opened.reason);
  const { certificate } = opened;
  expect(toHex(certificate.publicKey.modulus)).toBe(chain.iccModulus);
  expect(toHex(certificate.expirationDate)).toBe(chain.iccCertificate.expires);
  expect(toHex(certificate.serialNumber)).toBe(chain.iccCertificate.serial);
  expect(toHex(certificate.hash)).toBe(chain.iccCertificate.hash);
  expect(certificate.isOfPan).toBe(true);
  // The static data that the certificate vouches for were not published.
  expect(certificate.vouchesFor(new Uint8Array())).toBe(false);
});

test('the DDA signature is over the data of the DDOL and no others', () => {
  const chain = vectors.emvOdaDda;
  const signature = fromHex(chain.sdad9F4B);
  const terminalData = fromHex(chain.ddolData);
  expect(authenticateDynamicData(iccKey(chain), { signature, terminalData }).ok).toBe(true);
  const other = fromHex('7FBC404A');
  const refusal = authenticateDynamicData(iccKey(chain), { signature, terminalData: other });
  expect(refusal).toEqual({ ok: false, reason: 'hash' });
});

test('the CDA signature holds the cryptogram and the hash of the transaction', () => {
  const chain = vectors.emvOdaCda;
  const opened = openSignedDynamicData(fromHex(chain.sdad9F4B), iccKey(chain));
  if (!opened.ok) throw new Error(opened.reason);
  const { iccDynamicNumber, combined, isOver } = opened.signed;
  expect(isOver(fromHex(chain.unpredictableNumber))).toBe(true);
  expect(isOver(fromHex('8B55633C'))).toBe(false);
  expect(toHex(iccDynamicNumber)).toBe(chain.iccDynamicNumber);
  expect(combined).toEqual({
    cryptogramInformation: Number.parseInt(chain.cid, 16),
    applicationCryptogram: fromHex(chain.ac),
    transactionDataHash: fromHex(chain.transactionDataHash),
  });
});

test('the signed static data', () => {
  const { issuerModulus, issuerExp, ssad93, dac, hash } = vectors.emvOdaSda;
  const key = { modulus: fromHex(issuerModulus), exponent: fromHex(issuerExp) };
  const opened = openSignedStaticData(fromHex(ssad93), key);
  if (!opened.ok) throw new Error(opened.reason);
  expect(toHex(opened.signed.dataAuthenticationCode)).toBe(dac);
  expect(toHex(opened.signed.hash)).toBe(hash);
});

test('a changed digit in any signature, certificate, remainder or key is refused', () => {
  for (const chain of chains) {
    const changes = [0, 1, 70, -1];
    for (const at of changes) {
      expect(
        openIssuerCertificate(
          { ...issuerDataOf(chain), certificate: changed(chain.issuerCert90, at) },
          caKeyOf(chain),
        ).ok,
      ).toBe(false);
      expect(
        openIssuerCertificate(issuerDataOf(chain), {
          ...caKeyOf(chain),
          modulus: changed(chain.caModulus, at),
        }).ok,
      ).toBe(false);
      const setting = { issuerKey: issuerKey(chain), pan: ascii(chain.pan) };
      expect(
        openIccCertificate({ ...iccDataOf(chain), certificate: changed(chain.iccCert9F46, at) }, setting).ok,
      ).toBe(false);
      expect(openSignedDynamicData(changed(chain.sdad9F4B, at), iccKey(chain)).ok).toBe(false);
    }
    const longer = { ...iccDataOf(chain), remainder: fromHex(`${chain.iccRemainder9F48}00`) };
    const setting = { issuerKey: issuerKey(chain), pan: ascii(chain.pan) };
    expect(openIccCertificate(longer, setting)).toEqual({ ok: false, reason: 'key_form' });
    const without = { ...iccDataOf(chain), remainder: undefined };
    expect(openIccCertificate(without, setting)).toEqual({ ok: false, reason: 'data_missing' });
  }
  const { issuerModulus, issuerExp, ssad93 } = vectors.emvOdaSda;
  const key = { modulus: fromHex(issuerModulus), exponent: fromHex(issuerExp) };
  expect(openSignedStaticData(changed(ssad93, -1), key)).toEqual({ ok: false, reason: 'recovery' });
});

function issuerDataOf(chain: Chain) {
  return {
    certificate: fromHex(chain.issuerCert90),
    remainder: fromHex(chain.issuerRemainder92),
    exponent: fromHex(chain.issuerExp),
  };
}

function iccDataOf(chain: Chain) {
  return {
    certificate: fromHex(chain.iccCert9F46),
    remainder: fromHex(chain.iccRemainder9F48),
    exponent: fromHex(chain.iccExp),
  };
}

function caKeyOf(chain: Chain): RsaPublicKey {
  return { modulus: fromHex(chain.caModulus), exponent: fromHex(chain.caExponent) };
}

function issuerKey(chain: Chain): RsaPublicKey {
  return { modulus: fromHex(chain.issuerModulus), exponent: fromHex(chain.issuerExp) };
}

function iccKey(chain: Chain): RsaPublicKey {
  return { modulus: fromHex(chain.iccModulus), exponent: fromHex(chain.iccExp) };
}

function changed(hex: string, at: number): Uint8Array {
  const bytes = fromHex(hex);
  const index = at < 0 ? bytes.length + at : at;
  bytes[index] = (bytes[index] ?? 0) ^ 2;
  return bytes;
}
