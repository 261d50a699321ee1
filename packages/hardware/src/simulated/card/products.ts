/** The products of the test scheme: one card of each is in a wallet. The table is data; what a card does with it is code. */
import type { ApplicationProduct, CardProduct, RiskRules } from './product.ts';

const CAREFUL: RiskRules = {
  mode: 'offline_first',
  lowerLimit: 3,
  upperLimit: 6,
  newGoesOnline: false,
  foreignGoesOnline: true,
};
const NEVER_ALONE: RiskRules = { ...CAREFUL, mode: 'online_only' };

const VISA: ApplicationProduct = {
  pix: '1010',
  label: 'VISA CREDIT',
  priority: 1,
  applicationVersion: '008C',
  cryptogramVersion: 'visa_10',
  authentication: 'cda',
  issuerAuthentication: 'command',
  holder: ['plain_pin', 'signature', 'no_cvm'],
  risk: CAREFUL,
  tap: 'quick',
};
const MASTERCARD: ApplicationProduct = {
  ...VISA,
  pix: '4010',
  label: 'MASTERCARD',
  applicationVersion: '0002',
  cryptogramVersion: 'mastercard_16',
  issuerAuthentication: 'in_cdol2',
  tap: 'generate_ac',
};
const AMEX: ApplicationProduct = {
  ...VISA,
  pix: '2501',
  label: 'AMERICAN EXPRESS',
  applicationVersion: '0001',
  cryptogramVersion: 'emv_common',
  authentication: 'dda',
  issuerAuthentication: 'in_cdol2',
  holder: ['signature', 'no_cvm'],
  tap: 'generate_ac',
};
const MAESTRO: ApplicationProduct = { ...MASTERCARD, pix: '3060', label: 'MAESTRO', priority: 2 };

/** An application without an antenna. */
function withoutTap({ tap: _, ...application }: ApplicationProduct): ApplicationProduct {
  return application;
}

const VISA_CARD = { issuer: 'visa', serviceCode: '201', applications: [VISA] } as const;
const VISA_PIN = { ...VISA_CARD, pin: '1234' } as const;
const MASTERCARD_CARD = {
  issuer: 'mastercard',
  serviceCode: '201',
  applications: [MASTERCARD],
} as const;

/** A Visa card with a change to its application. */
function visa(id: string, name: string, change: Partial<ApplicationProduct>, pin?: string): CardProduct {
  const card = { ...VISA_CARD, id, name, applications: [{ ...VISA, ...change }] };
  return pin === undefined ? card : { ...card, pin };
}

/** All products; a card's place in the list is its place in the wallet's memory, so new ones go to the end. */
export const CARD_PRODUCTS: readonly CardProduct[] = [
  { ...VISA_PIN, id: 'visa-offline-pin', name: 'Visa, offline PIN' },
  visa(
    'visa-enciphered-pin',
    'Visa, enciphered offline PIN',
    {
      cryptogramVersion: 'visa_18',
      authentication: 'dda',
      holder: ['enciphered_pin', 'signature', 'no_cvm'],
    },
    '2468',
  ),
  {
    ...VISA_CARD,
    id: 'visa-online-pin',
    name: 'Visa, PIN checked by the issuer',
    pin: '4315',
    serviceCode: '206',
    applications: [{ ...VISA, holder: ['online_pin', 'signature'] }],
  },
  visa('visa-signature', 'Visa, signature', { holder: ['signature', 'no_cvm'] }),
  visa('visa-no-pin', 'Visa, neither PIN nor signature', { holder: ['no_cvm'] }),
  { ...MASTERCARD_CARD, id: 'mastercard-offline-pin', name: 'Mastercard, offline PIN', pin: '4412' },
  {
    ...MASTERCARD_CARD,
    id: 'mastercard-online-only',
    name: 'Mastercard, every payment online, PIN checked by the issuer',
    pin: '8520',
    serviceCode: '226',
    applications: [{ ...MASTERCARD, holder: ['online_pin', 'signature'], risk: NEVER_ALONE }],
  },
  {
    ...MASTERCARD_CARD,
    id: 'mastercard-offline-only',
    name: 'Mastercard, never online',
    applications: [
      {
        ...MASTERCARD,
        holder: ['no_cvm'],
        risk: { ...CAREFUL, mode: 'offline_only', upperLimit: 200, foreignGoesOnline: false },
      },
    ],
  },
  {
    ...MASTERCARD_CARD,
    id: 'mastercard-static',
    name: 'Mastercard, static data authentication, signature',
    applications: [withoutTap({ ...MASTERCARD, authentication: 'sda', holder: ['signature', 'no_cvm'] })],
  },
  {
    id: 'amex-signature',
    name: 'American Express, signature',
    issuer: 'amex',
    serviceCode: '201',
    applications: [AMEX],
  },
  {
    id: 'debit-choice',
    name: 'Debit with two applications to choose from, offline PIN',
    issuer: 'maestro',
    pin: '5791',
    serviceCode: '201',
    applications: [
      { ...MASTERCARD, pix: '401001', label: 'DEBIT MASTERCARD' },
      { ...MAESTRO, risk: NEVER_ALONE },
    ],
  },
  {
    ...VISA_PIN,
    id: 'visa-new',
    name: 'Visa, never used, offline PIN',
    isNew: true,
    applications: [{ ...VISA, risk: { ...CAREFUL, newGoesOnline: true } }],
  },
  {
    ...VISA_PIN,
    id: 'visa-foreign',
    name: 'Visa, foreign currency, offline PIN',
    isForeign: true,
  },
  { ...VISA_PIN, id: 'visa-expired', name: 'Visa, expired, offline PIN', defect: 'expired' },
  {
    ...VISA_PIN,
    id: 'visa-not-yet-effective',
    name: 'Visa, not yet effective, offline PIN',
    defect: 'not_yet_effective',
  },
  {
    ...VISA_PIN,
    id: 'visa-application-blocked',
    name: 'Visa, application blocked',
    defect: 'application_blocked',
  },
  { ...VISA_PIN, id: 'visa-card-blocked', name: 'Visa, card blocked', defect: 'card_blocked' },
  { ...VISA_PIN, id: 'visa-pin-blocked', name: 'Visa, PIN blocked', defect: 'pin_blocked' },
  visa('visa-unsigned', 'Visa, nothing signed', { authentication: 'none', holder: ['signature', 'no_cvm'] }),
  { ...VISA_PIN, id: 'visa-forged', name: 'Visa, forged: certificates of another issuer', defect: 'forged' },
  {
    ...VISA_PIN,
    id: 'visa-revoked-issuer',
    name: 'Visa, certificate of the issuer called back',
    issuer: 'revoked',
    defect: 'revoked_issuer',
  },
  { ...VISA_PIN, id: 'visa-dead-chip', name: 'Visa, chip does not answer', defect: 'dead_chip' },
  { ...VISA_PIN, id: 'visa-slow-chip', name: 'Visa, slow chip, offline PIN', defect: 'slow_chip' },
  {
    ...VISA_PIN,
    id: 'visa-damaged-stripe',
    name: 'Visa, stripe damaged, offline PIN',
    defect: 'damaged_stripe',
  },
  { ...VISA_CARD, id: 'visa-stripe-only', name: 'Visa, stripe only', serviceCode: '101', applications: [] },
];
