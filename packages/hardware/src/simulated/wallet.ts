/**
 * The cards that a person can take in hand for a day, and what the world has to know of them: the authorities' keys for the
 * terminal, the issuers' keys for who answers in their place. All of it comes from one seed and is of no use outside.
 */
import { assert, type Random } from '@holdfast/base';
import {
  type CardData,
  createTestScheme,
  type DeliveredCaKey,
  type LocalDate,
  openIssuerCertificate,
  PIN_LENGTH_MAX,
  PIN_LENGTH_MIN,
  type RevokedCertificate,
  type TestCardKeys,
  type TestIssuerKeys,
  type TestScheme,
  toHex,
} from '@holdfast/cards';
import type { Secret } from '@holdfast/crypto';
import { type MadeCard, makeCard } from './card/make-card.ts';
import { type CardMemory, createRamCardMemory } from './card/memory.ts';
import { type CardProduct, type Home, ISSUERS, type IssuerName } from './card/product.ts';
import { CARD_PRODUCTS } from './card/products.ts';
import { seededRandom } from './card/seeded.ts';
import { type SimulatedCard, simulatedCard } from './card/simulated-card.ts';

/** An identifier that nobody can register (ISO/IEC 7816-5: its first half byte is F). */
const RID = Uint8Array.of(0xf0, 0x48, 0x46, 0x44, 0x01);
const CA_INDEXES: Record<IssuerName, number> = {
  visa: 0x91,
  mastercard: 0x92,
  amex: 0x93,
  maestro: 0x94,
  revoked: 0x95,
};
const STRANGER_INDEX = 0x99;
const CERTIFICATE_YEARS = 9;
const SWEDEN: Home = { country: Uint8Array.of(0x07, 0x52), currency: Uint8Array.of(0x07, 0x52) };
const ICC_MODULUS_MAX = 144;
const TEXT = new TextEncoder();

export type WalletOptions = {
  /** At least 16 bytes; the same seed gives the same wallet in the same month. */
  seed: Secret;
  /** What the chips draw while they are used. */
  random: Random;
  /** By which cards are valid, expired or not yet effective; their dates move with its month. */
  today: LocalDate;
  /** Where the cards are issued, but for the foreign one; Sweden where it is not given. */
  home?: Home;
  /** In the memory of the process where it is not given. */
  memory?: CardMemory;
  /** Draws a PIN of so many digits for each card, where those of the products are too short to be searched for. */
  pinDigits?: number;
  /** Bytes of the keys; `icc` at most 144, so that a signature and all beside it fit one answer. */
  modulusLengths?: { ca: number; issuer: number; icc: number };
};

/** An application that cards of the wallet have, for the configuration of a terminal. */
export type WalletApplication = { aid: Uint8Array; label: string; version: Uint8Array };

/** Who issued a card, for who answers in its place. */
export type WalletAccount = {
  cardId: string;
  issuer: IssuerName;
  issuerKeys: TestIssuerKeys;
  /** Tag 5F34. */
  sequenceNumber: number;
  /** Whether it is the PIN that the card was issued with; false for a card without one. */
  isPin(pin: CardData): boolean;
};

export type Wallet = {
  readonly cards: readonly SimulatedCard[];
  card(id: string): SimulatedCard | undefined;
  /** For the terminal. */
  readonly caKeys: readonly DeliveredCaKey[];
  readonly revoked: readonly RevokedCertificate[];
  readonly applications: readonly WalletApplication[];
  /** For the issuers: their keys by name, and whose card a number (ASCII digits) is of. */
  readonly issuerKeys: Readonly<Record<IssuerName, TestIssuerKeys>>;
  account(pan: CardData): WalletAccount | undefined;
  /** The same cards with another memory, and nothing made anew. */
  withMemory(memory: CardMemory): Wallet;
};

const SEQUENCE_NUMBER = 1;

/** Makes the wallet; its keys take a second. */
export function createWallet(options: WalletOptions): Wallet {
  const { pinDigits } = options;
  assert(
    pinDigits === undefined || (pinDigits >= PIN_LENGTH_MIN && pinDigits <= PIN_LENGTH_MAX),
    'a PIN has 4 to 12 digits',
  );
  const { icc = 0 } = options.modulusLengths ?? {};
  assert(icc <= ICC_MODULUS_MAX, 'a signature of a card fits an answer');
  const schemes = schemesOf(options);
  const { memory = createRamCardMemory(), random } = options;
  const cardKeys = schemes.visa.newCardKeys();
  const made = makeCards(options, schemes, cardKeys);
  return walletOf({ schemes, made, revoked: [revokedOf(schemes.revoked, cardKeys)], random }, memory);
}

type Made = {
  schemes: Record<IssuerName, TestScheme>;
  made: readonly MadeCard[];
  revoked: readonly RevokedCertificate[];
  random: Random;
};

function walletOf(of: Made, memory: CardMemory): Wallet {
  const { schemes, made, revoked, random } = of;
  const cards = made.map((card, index) =>
    simulatedCard({ card, index, memory, random, label: labelOf(card.product, card.pin) }),
  );
  return {
    cards,
    card: (id) => cards.find((card) => card.id === id),
    caKeys: Object.values(schemes).map(({ caKey }) => caKey),
    revoked,
    applications: applicationsOf(made),
    issuerKeys: {
      visa: schemes.visa.issuerKeys,
      mastercard: schemes.mastercard.issuerKeys,
      amex: schemes.amex.issuerKeys,
      maestro: schemes.maestro.issuerKeys,
      revoked: schemes.revoked.issuerKeys,
    },
    account: (pan) => {
      const card = made.find((each) => each.pan.isSame(pan));
      return card && accountOf(card, schemes);
    },
    withMemory: (other) => walletOf(of, other),
  };
}

function makeCards(
  { seed, today, pinDigits, home = SWEDEN, ...options }: WalletOptions,
  schemes: Record<IssuerName, TestScheme>,
  cardKeys: TestCardKeys,
): MadeCard[] {
  const random = seededRandom(seed, 'scheme of a stranger');
  const stranger = schemeOf(random, { ...options, today, bin: ISSUERS.visa.bin, index: STRANGER_INDEX });
  const making = { seed, schemes, stranger, cardKeys, today, home, pinDigits };
  return CARD_PRODUCTS.map((product) => makeCard(product, making));
}

function schemesOf({ seed, ...options }: WalletOptions): Record<IssuerName, TestScheme> {
  const of = (issuer: IssuerName): TestScheme =>
    schemeOf(seededRandom(seed, `scheme ${issuer}`), {
      ...options,
      bin: ISSUERS[issuer].bin,
      index: CA_INDEXES[issuer],
    });
  return {
    visa: of('visa'),
    mastercard: of('mastercard'),
    amex: of('amex'),
    maestro: of('maestro'),
    revoked: of('revoked'),
  };
}

type OfScheme = Pick<WalletOptions, 'today' | 'modulusLengths'> & { bin: string; index: number };

function schemeOf(random: Random, { today, modulusLengths, bin, index }: OfScheme): TestScheme {
  const lastYear = String((today.year + CERTIFICATE_YEARS) % 100).padStart(2, '0');
  return createTestScheme({
    random,
    rid: RID,
    caIndex: index,
    issuerIdentifier: TEXT.encode(bin),
    expirationDate: Uint8Array.from(Buffer.from(`12${lastYear}`, 'hex')),
    ...(modulusLengths && { modulusLengths }),
  });
}

/** The certificate says its serial number itself, to whoever has the authority's key. */
function revokedOf(scheme: TestScheme, keys: TestCardKeys): RevokedCertificate {
  const { data } = scheme.issueCard({
    pan: TEXT.encode(ISSUERS.revoked.bin),
    expirationDate: Uint8Array.of(0x12, 0x30),
    staticData: new Uint8Array(),
    keys,
  });
  const { issuerPublicKeyCertificate: certificate, issuerPublicKeyExponent: exponent } = data;
  assert(certificate !== undefined && exponent !== undefined, 'the scheme certifies its issuer');
  const remainder = data.issuerPublicKeyRemainder;
  const opened = openIssuerCertificate({ certificate, remainder, exponent }, scheme.caKey);
  assert(opened.ok, 'the certificate is of the scheme');
  return { rid: scheme.rid, index: scheme.caKey.index, serialNumber: opened.certificate.serialNumber };
}

function labelOf({ name, pin }: CardProduct, made: CardData | undefined): string {
  if (pin === undefined || made === undefined) return name;
  // The PIN of a test card stands on its label, as on those that issuers hand out to testers.
  return `${name} ${made.use((digits) => Buffer.from(digits).toString('latin1'))}`;
}

function applicationsOf(made: readonly MadeCard[]): WalletApplication[] {
  const byName = new Map<string, WalletApplication>();
  for (const { aid, product } of made.flatMap((card) => card.applications)) {
    const version = Uint8Array.from(Buffer.from(product.applicationVersion, 'hex'));
    byName.set(toHex(aid), { aid, label: product.label, version });
  }
  return [...byName.values()];
}

function accountOf(
  { product, pin }: MadeCard,
  schemes: Readonly<Record<IssuerName, TestScheme>>,
): WalletAccount {
  return {
    cardId: product.id,
    issuer: product.issuer,
    issuerKeys: schemes[product.issuer].issuerKeys,
    sequenceNumber: SEQUENCE_NUMBER,
    isPin: (given) => pin?.isSame(given) ?? false,
  };
}
