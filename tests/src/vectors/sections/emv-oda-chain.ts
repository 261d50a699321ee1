/** The keys of one card's chain, each from its certificate, or as it is given where the chain begins below it. */

import {
  type IccCertificate,
  type IssuerCertificate,
  openIccCertificate,
  openIssuerCertificate,
  type RsaPublicKey,
} from '@holdfast/cards';
import type { Values } from '../case-values.ts';
import { parsed } from '../compare.ts';

/** What the older sections leave unsaid: the exponents of test schemes. */
const UNSAID_EXPONENT = Uint8Array.of(3);
const NOTHING = new Uint8Array();

/** What a certificate is opened from, with the values of a card in clear. */
type Opened<T> = { ok: true; certificate: T } | { ok: false };

/** The key of the authority; only its checksum is over its name. */
export function caKeyOf(it: Values): RsaPublicKey {
  for (const name of ['rid', 'caIndex']) if (it.has(name)) it.hex(name);
  return { modulus: it.hex('caModulus'), exponent: exponentOf(it, 'caExponent') };
}

/** The issuer's certificate under another name than its own where one that must be refused stands there. */
export function openIssuer(it: Values, name = 'issuerCert90'): Opened<IssuerCertificate> {
  const remainder = it.hexIfAny('issuerRemainder92') ?? NOTHING;
  const data = { certificate: it.hex(name), remainder, exponent: exponentOf(it, 'issuerExp') };
  return openIssuerCertificate(data, caKeyOf(it));
}

export function issuerCertificate(it: Values): IssuerCertificate {
  return parsed('the certificate of the issuer', openIssuer(it)).certificate;
}

export function issuerKeyOf(it: Values): RsaPublicKey {
  if (it.has('issuerCert90')) return issuerCertificate(it).publicKey;
  return { modulus: it.hex('issuerModulus'), exponent: exponentOf(it, 'issuerExp') };
}

/** The certificate of the card's key for authentication, or of its key for PINs. */
export function openIcc(
  it: Values,
  names = { certificate: 'iccCert9F46', remainder: 'iccRemainder9F48', exponent: 'iccExp' },
): Opened<IccCertificate> {
  const data = {
    certificate: it.hex(names.certificate),
    remainder: it.hexIfAny(names.remainder) ?? NOTHING,
    exponent: exponentOf(it, names.exponent),
  };
  return openIccCertificate(data, { issuerKey: issuerKeyOf(it), pan: it.digits('pan') });
}

export function iccCertificate(it: Values): IccCertificate {
  return parsed('the certificate of the card', openIcc(it)).certificate;
}

export function iccKeyOf(it: Values): RsaPublicKey {
  if (it.has('iccCert9F46')) return iccCertificate(it).publicKey;
  return { modulus: it.hex('iccModulus'), exponent: exponentOf(it, 'iccExp') };
}

function exponentOf(it: Values, name: string): Uint8Array {
  return it.hexIfAny(name) ?? UNSAID_EXPONENT;
}
