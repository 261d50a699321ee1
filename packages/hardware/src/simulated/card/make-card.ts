/**
 * Making a card of a product: number, dates, tracks, keys, certificates and records, all out of the wallet's seed. What is
 * sensitive is card data from the start and lives as long as the card.
 */
import {
  CardData,
  type CardMasterKeys,
  encodeTag57,
  encodeTrack1Stripe,
  encodeTrack2Stripe,
  iccMasterKey,
  type LocalDate,
  lastDayOf,
  luhnDigit,
  masterKeyFor,
  type TestCardKeys,
  type TestIssuerKeys,
  type TestScheme,
  toYymm,
  writeCompressed,
} from '@holdfast/cards';
import { hmacSha256, Secret, toBase64Url } from '@holdfast/crypto';
import type { ChipApplication, InterfaceProfile } from './application.ts';
import type { ApplicationMemory, CardState } from './memory.ts';
import { type ApplicationProduct, type CardProduct, type Home, ISSUERS, type IssuerName } from './product.ts';
import { type CardFacts, type Certifier, contactProfile, quickTapProfile, tapProfile } from './records.ts';
import { seededDigits, seededRandom } from './seeded.ts';

/** Wrong PINs in a row that block it. */
export const PIN_TRY_LIMIT = 3;
/** Payments before the wallet was made, the last of them online. */
const EARLIER_PAYMENTS = 20;
const SEQUENCE_NUMBER = 1;
const VALID_YEARS = 3;
const HOLDER_NAME = 'TEST/CARDHOLDER';
const TRACK2_DISCRETIONARY = 10;
const TRACK1_DISCRETIONARY = 13;
const TEXT = new TextEncoder();

/** What cards are made with; `schemes` has an entry for each issuer that a product names. */
export type Making = {
  seed: Secret;
  schemes: Readonly<Record<IssuerName, TestScheme>>;
  /** Of an issuer that no terminal knows. */
  stranger: TestScheme;
  /** Shared by all cards, because making them takes a while. */
  cardKeys: TestCardKeys;
  today: LocalDate;
  home: Home;
  /** Digits of PINs that are drawn instead of those of the products; absent for these. */
  pinDigits?: number | undefined;
};

/** A card as it comes from its issuer. */
export type MadeCard = {
  product: CardProduct;
  /** ASCII digits. */
  pan: CardData;
  pin: CardData | undefined;
  applications: readonly ChipApplication[];
  /** As a stripe has them, with sentinels. */
  stripe: { track1: CardData; track2: CardData };
  /** Makes the code by which the chip knows its PIN. */
  pinSecret: Secret;
  /** What a chip remembers that was never used here. */
  state: CardState;
};

/** Makes the card of a product. */
export function makeCard(product: CardProduct, making: Making): MadeCard {
  const random = seededRandom(making.seed, `card ${product.id}`);
  const pan = panOf(product, making.seed);
  const pin = pinOf(product, making);
  const dates = datesOf(product, making.today);
  const stripe = stripeOf({ product, pan, expires: dates.expires, seed: making.seed });
  const track2 = chipTrackOf({ product, pan, expires: dates.expires, seed: making.seed });
  const applications = product.applications.map((application) =>
    applicationOf(application, { product, making, pan, track2, dates, hasPin: pin !== undefined }),
  );
  track2.fill(0);
  return {
    product,
    pan: CardData.take(pan),
    pin,
    applications,
    stripe,
    pinSecret: new Secret(random.bytes(32)),
    state: firstState(product),
  };
}

/** What stands for a PIN in the memory of a chip: it leads back to nothing without the wallet's seed. */
export function pinCode(secret: Secret, pin: CardData): string {
  return secret.use((key) => pin.use((digits) => toBase64Url(hmacSha256(key, digits).subarray(0, 16))));
}

/** The issuer's keys as the card has them. */
export function cardKeysOf(
  { cryptogramVersion }: ApplicationProduct,
  issuer: TestIssuerKeys,
  pan: Uint8Array,
): CardMasterKeys {
  const of = { pan, panSequenceNumber: SEQUENCE_NUMBER };
  return {
    ac: masterKeyFor(cryptogramVersion, { issuerMasterKey: issuer.ac, ...of }),
    smi: iccMasterKey('a', { issuerMasterKey: issuer.smi, ...of }),
    smc: iccMasterKey('a', { issuerMasterKey: issuer.smc, ...of }),
  };
}

type Dates = { expires: LocalDate; effective: LocalDate };

function datesOf({ defect }: CardProduct, { year, month }: LocalDate): Dates {
  const issued = { year: year - 1, month, day: 1 };
  if (defect === 'expired') {
    return { expires: lastDayOf({ year: year - 1, month }), effective: { ...issued, year: year - 4 } };
  }
  const expires = lastDayOf({ year: year + VALID_YEARS, month });
  return { expires, effective: defect === 'not_yet_effective' ? { year: year + 1, month, day: 1 } : issued };
}

function panOf({ id, issuer }: CardProduct, seed: Secret): Uint8Array {
  const { bin, digits } = ISSUERS[issuer];
  const drawn = seededDigits(seededRandom(seed, `number ${id}`), digits - bin.length - 1);
  const body = Uint8Array.of(...TEXT.encode(bin), ...drawn);
  return Uint8Array.of(...body, luhnDigit(body));
}

function pinOf({ id, pin }: CardProduct, { seed, pinDigits }: Making): CardData | undefined {
  if (pin === undefined) return undefined;
  if (pinDigits === undefined) return CardData.ofText(pin);
  return CardData.take(seededDigits(seededRandom(seed, `pin ${id}`), pinDigits));
}

type OfTrack = { product: CardProduct; pan: Uint8Array; expires: LocalDate; seed: Secret };

/** The issuer's data on stripe and chip differ, so that one cannot be made of the other. */
function stripeOf({ product, pan, expires, seed }: OfTrack): MadeCard['stripe'] {
  const random = seededRandom(seed, `stripe ${product.id}`);
  const common = { expiry: expires, serviceCode: product.serviceCode };
  using number = CardData.copyOf(pan);
  using name = CardData.take(TEXT.encode(HOLDER_NAME));
  using first = CardData.take(seededDigits(random, TRACK1_DISCRETIONARY));
  using second = CardData.take(seededDigits(random, TRACK2_DISCRETIONARY));
  return {
    track1: CardData.take(encodeTrack1Stripe({ ...common, pan: number, name, discretionary: first })),
    track2: CardData.take(encodeTrack2Stripe({ ...common, pan: number, discretionary: second })),
  };
}

function chipTrackOf({ product, pan, expires, seed }: OfTrack): Uint8Array {
  using number = CardData.copyOf(pan);
  using discretionary = CardData.take(
    seededDigits(seededRandom(seed, `chip ${product.id}`), TRACK2_DISCRETIONARY),
  );
  return encodeTag57({ pan: number, expiry: expires, serviceCode: product.serviceCode, discretionary });
}

type OfApplication = {
  product: CardProduct;
  making: Making;
  pan: Uint8Array;
  track2: Uint8Array;
  dates: Dates;
  hasPin: boolean;
};

function applicationOf(application: ApplicationProduct, of: OfApplication): ChipApplication {
  const { product, making, pan, track2 } = of;
  const scheme = making.schemes[product.issuer];
  const certify = certifierOf(of);
  const facts = factsOf(of);
  const tap = { quick: quickTapProfile, generate_ac: tapProfile };
  const contactless: InterfaceProfile | undefined =
    application.tap && tap[application.tap](application, facts, certify);
  const made: ChipApplication = {
    aid: Uint8Array.of(...scheme.rid, ...Buffer.from(application.pix, 'hex')),
    product: application,
    contact: contactProfile(application, facts, certify),
    contactless,
    keys: cardKeysOf(application, scheme.issuerKeys, pan),
    iccKey: making.cardKeys.icc,
    pinKey: making.cardKeys.pin,
    track2: CardData.copyOf(track2),
    sequenceNumber: facts.sequenceNumber,
    currency: facts.currency,
    country: facts.country,
    hasOfflinePin: of.hasPin && application.holder.some((method) => isOfflinePin(method)),
  };
  facts.pan.fill(0);
  facts.track2.fill(0);
  return made;
}

function isOfflinePin(method: string): boolean {
  return method === 'plain_pin' || method === 'enciphered_pin';
}

function factsOf({ product, making, pan, track2, dates }: OfApplication): CardFacts {
  return {
    pan: writeCompressed(pan),
    track2: track2.slice(),
    name: TEXT.encode(HOLDER_NAME),
    expires: packedDate(dates.expires),
    effective: packedDate(dates.effective),
    ...(product.isForeign === true ? abroadOf(making.home) : making.home),
    serviceCode: fromDigits(product.serviceCode.padStart(4, '0')),
    sequenceNumber: Uint8Array.of(SEQUENCE_NUMBER),
  };
}

/** The United States, and for those who live there the United Kingdom. */
function abroadOf({ currency }: Home): Home {
  const isDollar = Buffer.compare(currency, fromDigits('0840')) === 0;
  const code = fromDigits(isDollar ? '0826' : '0840');
  return { country: code, currency: code };
}

/** A forged card has the issuer's certificate, and everything below it is signed by a stranger. */
function certifierOf({ product, making, pan, dates }: OfApplication): Certifier {
  const scheme = making.schemes[product.issuer];
  const yymm = toYymm(dates.expires);
  const expirationDate = fromDigits(yymm.slice(2) + yymm.slice(0, 2));
  return (staticData) => {
    const options = { pan, expirationDate, staticData, keys: making.cardKeys };
    const genuine = scheme.issueCard(options);
    if (product.defect !== 'forged') return genuine;
    const forged = making.stranger.issueCard(options);
    const { iccPublicKeyCertificate, iccPublicKeyRemainder } = forged.data;
    return {
      data: { ...genuine.data, iccPublicKeyCertificate, iccPublicKeyRemainder },
      pinData: { ...genuine.pinData, iccPublicKeyCertificate: forged.pinData.iccPublicKeyCertificate },
      signedStaticData: forged.signedStaticData,
    };
  };
}

function firstState({ applications, isNew, defect }: CardProduct): CardState {
  const earlier = isNew === true ? 0 : EARLIER_PAYMENTS;
  return {
    is_blocked: defect === 'card_blocked',
    pin_tries_left: defect === 'pin_blocked' ? 0 : PIN_TRY_LIMIT,
    pin_code: null,
    applications: applications.map(
      ({ risk }): ApplicationMemory => ({
        atc: earlier,
        last_online_atc: earlier,
        is_blocked: defect === 'application_blocked',
        is_online_pending: false,
        is_issuer_unproven: false,
        goes_online_next: false,
        script_count: 0,
        is_script_failed: false,
        lower_limit: risk.lowerLimit,
        upper_limit: risk.upperLimit,
        log: [],
      }),
    ),
  };
}

function packedDate({ year, month, day }: LocalDate): Uint8Array {
  const digits = [year % 100, month, day].map((part) => String(part).padStart(2, '0'));
  return fromDigits(digits.join(''));
}

function fromDigits(digits: string): Uint8Array {
  return Uint8Array.from(Buffer.from(digits, 'hex'));
}
