/** The records of an application, as they are written when a card is made (EMV Book 3 7 and 10.2). */
import {
  type AflEntry,
  AIP,
  CardData,
  type CardKeyData,
  CRYPTOGRAM_INPUTS,
  encodeTlv,
  issuerAuthenticationLength,
  type TlvSource,
  TVR,
  writeAfl,
  writeCvmList,
} from '@holdfast/cards';
import { type InterfaceProfile, recordKey } from './application.ts';
import type { ApplicationProduct, HolderMethod } from './product.ts';

/** What of a card goes into the records of each of its applications. The bytes are wiped by whoever made them. */
export type CardFacts = {
  /** Tag 5A in format cn, and tag 57. */
  pan: Uint8Array;
  track2: Uint8Array;
  name: Uint8Array;
  /** Tags 5F24 and 5F25. */
  expires: Uint8Array;
  effective: Uint8Array;
  country: Uint8Array;
  currency: Uint8Array;
  serviceCode: Uint8Array;
  sequenceNumber: Uint8Array;
};

/** Certificates and signatures over the static data that they are given. */
export type Certifier = (staticData: Uint8Array) => {
  data: CardKeyData;
  pinData: CardKeyData;
  signedStaticData: Uint8Array;
};

/** A record with its place; `isSigned` takes part in offline authentication. */
type Row = { sfi: number; isSigned: boolean; objects: readonly TlvSource[] };

const SIGNED_SFI = 3;
const DDOL = ['9F37', 4] as const;
const ALWAYS = 0x00;
const IF_UNATTENDED_CASH = 0x01;
const IF_SUPPORTED = 0x03;
const METHOD_CODES: Record<HolderMethod, number> = {
  plain_pin: 0x01,
  online_pin: 0x02,
  enciphered_pin: 0x04,
  signature: 0x1e,
  no_cvm: 0x1f,
};

/** What issuers want done about each bit of the TVR: online if possible, else declined for those of `DEFAULT`. */
const DEFAULT = {
  offlineDataAuthenticationNotPerformed: true,
  sdaFailed: true,
  iccDataMissing: true,
  cardOnExceptionFile: true,
  ddaFailed: true,
  cdaFailed: true,
  expiredApplication: true,
  applicationNotYetEffective: true,
  cardholderVerificationFailed: true,
  pinTryLimitExceeded: true,
  pinPadNotWorking: true,
  pinNotEntered: true,
  onlinePinEntered: true,
  floorLimitExceeded: true,
  upperConsecutiveOfflineLimitExceeded: true,
} as const;
const ONLINE = {
  ...DEFAULT,
  newCard: true,
  lowerConsecutiveOfflineLimitExceeded: true,
  selectedRandomlyForOnline: true,
  merchantForcedOnline: true,
} as const;

/** The profile of an application by contact. */
export function contactProfile(
  product: ApplicationProduct,
  facts: CardFacts,
  certify: Certifier,
): InterfaceProfile {
  const hasDynamic = product.authentication === 'dda' || product.authentication === 'cda';
  const aip = AIP.write({
    sdaSupported: product.authentication !== 'none',
    ddaSupported: hasDynamic,
    cdaSupported: product.authentication === 'cda',
    cardholderVerificationSupported: true,
    terminalRiskManagementRequired: true,
    issuerAuthenticationSupported: product.issuerAuthentication === 'command',
  });
  const signed = [heldFacts(facts, product, holderRules(product)), lists(product)];
  return profileOf(product, {
    aip,
    signed,
    facts,
    certify,
    hasPinKey: product.holder.includes('enciphered_pin'),
  });
}

/** The profile by tapping of a card that is asked by GENERATE AC. */
export function tapProfile(
  product: ApplicationProduct,
  facts: CardFacts,
  certify: Certifier,
): InterfaceProfile {
  const aip = AIP.write({
    ddaSupported: product.authentication !== 'sda' && product.authentication !== 'none',
    cdaSupported: product.authentication === 'cda',
    cardholderVerificationSupported: true,
    contactlessEmvModeSupported: true,
  });
  // A tap leaves no time for a PIN that the card verifies: the issuer does.
  const methods: HolderMethod[] = product.holder.some(isPinMethod) ? ['online_pin'] : [];
  methods.push(...product.holder.filter((method) => !isPinMethod(method)));
  const rules = methods.map((method) => ({ code: METHOD_CODES[method], condition: IF_SUPPORTED }));
  const signed = [heldFacts(facts, product, rules), lists(product)];
  return profileOf(product, { aip, signed, facts, certify, hasPinKey: false });
}

/** What a quick tap asks for before it gives its cryptogram: TTQ, and what the cryptogram is over. */
const QUICK_PDOL = dol([['9F66', 4], ...CRYPTOGRAM_INPUTS]);
/** The record that a quick tap makes anew for each offline approval: tag 9F69. */
export const QUICK_RECORD = { sfi: 4, record: 1 } as const;

/** The profile of a card that gives its cryptogram with the processing options. */
export function quickTapProfile(
  product: ApplicationProduct,
  facts: CardFacts,
  certify: Certifier,
): InterfaceProfile {
  const hasDynamic = product.authentication === 'dda' || product.authentication === 'cda';
  const aip = AIP.write({ ddaSupported: hasDynamic });
  const signed = [heldFacts(facts, product, undefined)];
  const profile = profileOf(product, { aip, signed, facts, certify, hasPinKey: false, isQuick: true });
  return { ...profile, pdol: QUICK_PDOL };
}

type Made = {
  aip: Uint8Array;
  signed: readonly (readonly TlvSource[])[];
  facts: CardFacts;
  certify: Certifier;
  hasPinKey: boolean;
  isQuick?: boolean;
};

function profileOf(product: ApplicationProduct, made: Made): InterfaceProfile {
  const { aip, signed, facts, isQuick = false } = made;
  const rows: Row[] = [];
  // A quick tap gives its track with the processing options, and nothing may come twice.
  if (!isQuick) rows.push({ sfi: 1, isSigned: false, objects: ofHolder(facts) });
  rows.push(...keyRows(product, made).map((objects) => ({ sfi: 2, isSigned: false, objects })));
  rows.push(...signed.map((objects) => ({ sfi: SIGNED_SFI, isSigned: true, objects })));
  const records = new Map<string, CardData>();
  const entries: AflEntry[] = [];
  for (const sfi of [1, 2, SIGNED_SFI]) {
    const ofFile = rows.filter((row) => row.sfi === sfi);
    ofFile.forEach(({ objects }, index) => {
      const record = encodeTlv([{ tag: '70', children: objects }]);
      records.set(recordKey(sfi, index + 1), CardData.take(record));
    });
    const authenticated = ofFile.filter((row) => row.isSigned).length;
    if (ofFile.length > 0) entries.push({ sfi, first: 1, last: ofFile.length, authenticated });
  }
  if (isQuick) {
    const { sfi, record } = QUICK_RECORD;
    entries.push({ sfi, first: record, last: record, authenticated: 0 });
  }
  const { cdol1, cdol2 } = listsOf(product);
  return { aip, afl: writeAfl(entries), ddol: dol([DDOL]), cdol1, cdol2, records };
}

/** Certificates over the records that are signed, and the AIP, which tag 9F4A adds to them. */
function keyRows(
  { authentication }: ApplicationProduct,
  { aip, signed, certify, hasPinKey }: Made,
): (readonly TlvSource[])[] {
  if (authentication === 'none') return [];
  const parts = [...signed.map((objects) => encodeTlv(objects)), aip];
  const staticData = Uint8Array.of(...parts.flatMap((part) => [...part]));
  const { data, pinData, signedStaticData } = certify(staticData);
  staticData.fill(0);
  const rows: (readonly TlvSource[])[] = [
    present({
      '8F': Uint8Array.of(data.caPublicKeyIndex ?? 0),
      '9F32': data.issuerPublicKeyExponent,
      '92': data.issuerPublicKeyRemainder,
      '90': data.issuerPublicKeyCertificate,
    }),
  ];
  if (authentication === 'sda') return [...rows, present({ '93': signedStaticData })];
  const { iccPublicKeyExponent, iccPublicKeyRemainder, iccPublicKeyCertificate } = data;
  rows.push(
    present({
      '9F47': iccPublicKeyExponent,
      '9F48': iccPublicKeyRemainder,
      '9F46': iccPublicKeyCertificate,
    }),
  );
  // Cards of this kind are also read by terminals that authenticate static data alone.
  rows.push(present({ '93': signedStaticData }));
  if (hasPinKey) {
    rows.push(
      present({
        '9F2E': pinData.iccPublicKeyExponent,
        '9F2F': pinData.iccPublicKeyRemainder,
        '9F2D': pinData.iccPublicKeyCertificate,
      }),
    );
  }
  return rows;
}

function ofHolder({ track2, name }: CardFacts): readonly TlvSource[] {
  return present({ '57': track2, '5F20': name });
}

function heldFacts(
  facts: CardFacts,
  product: ApplicationProduct,
  rules: readonly { code: number; condition: number }[] | undefined,
): readonly TlvSource[] {
  return present({
    '5A': facts.pan,
    '5F24': facts.expires,
    '5F25': facts.effective,
    '5F28': facts.country,
    '5F30': facts.serviceCode,
    // A quick tap gives it with the processing options.
    '5F34': rules && facts.sequenceNumber,
    // All kinds of payments, at home and abroad, and cashback.
    '9F07': Uint8Array.of(0xff, 0xc0),
    '9F08': Uint8Array.from(Buffer.from(product.applicationVersion, 'hex')),
    '9F0D': TVR.write(DEFAULT),
    '9F0E': TVR.write({ serviceNotAllowed: true }),
    '9F0F': TVR.write(ONLINE),
    '8E': rules && writeCvmList({ x: 0n, y: 0n, rules }),
    '9F42': facts.currency,
    '9F44': Uint8Array.of(2),
    '9F4A': Uint8Array.of(0x82),
  });
}

/** A cash machine that nobody attends takes the PIN for the issuer; elsewhere the first method that is there is final. */
function holderRules({ holder }: ApplicationProduct): { code: number; condition: number }[] {
  const cash = holder.some(isPinMethod)
    ? [{ code: METHOD_CODES.online_pin, condition: IF_UNATTENDED_CASH }]
    : [];
  return [
    ...cash,
    ...holder.map((method) => ({
      code: METHOD_CODES[method],
      condition: method === 'no_cvm' ? ALWAYS : IF_SUPPORTED,
    })),
  ];
}

function isPinMethod(method: HolderMethod): boolean {
  return method.endsWith('_pin');
}

function lists(product: ApplicationProduct): readonly TlvSource[] {
  const { cdol1, cdol2 } = listsOf(product);
  const { lowerLimit, upperLimit, mode } = product.risk;
  const isCounted = mode === 'offline_first';
  return present({
    '8C': cdol1,
    '8D': cdol2,
    '9F49': dol([DDOL]),
    '9F14': isCounted ? Uint8Array.of(lowerLimit) : undefined,
    '9F23': isCounted ? Uint8Array.of(upperLimit) : undefined,
  });
}

function listsOf({ cryptogramVersion, issuerAuthentication }: ApplicationProduct): {
  cdol1: Uint8Array;
  cdol2: Uint8Array;
} {
  if (issuerAuthentication === 'command') {
    return { cdol1: dol(CRYPTOGRAM_INPUTS), cdol2: dol([['8A', 2], ...CRYPTOGRAM_INPUTS]) };
  }
  const ofTerminal: readonly (readonly [string, number])[] = [
    ['9F35', 1],
    ['9F34', 3],
  ];
  const ofIssuer: readonly (readonly [string, number])[] = [
    ['91', issuerAuthenticationLength(cryptogramVersion)],
    ['8A', 2],
  ];
  return {
    cdol1: dol([...CRYPTOGRAM_INPUTS, ...ofTerminal]),
    cdol2: dol([...ofIssuer, ['95', 5], ['9F37', 4]]),
  };
}

function dol(entries: readonly (readonly [tag: string, length: number])[]): Uint8Array {
  return Uint8Array.from(entries.flatMap(([tag, length]) => [...Buffer.from(tag, 'hex'), length]));
}

function present(values: Readonly<Record<string, Uint8Array | undefined>>): TlvSource[] {
  return Object.entries(values).flatMap(([tag, value]) =>
    value === undefined || value.length === 0 ? [] : [{ tag, value }],
  );
}
