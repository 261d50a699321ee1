/**
 * The service code of a magnetic stripe (ISO/IEC 7813): where a card may be used, who authorises, what for and with which
 * PIN. A reserved digit is an answer of its own: a terminal then asks the issuer.
 */
import { assert } from '@holdfast/base';

export type Interchange = 'international' | 'national' | 'by_agreement' | 'test' | 'reserved';
export type Authorisation = 'normal' | 'by_issuer' | 'by_issuer_unless_agreed' | 'reserved';
export type Services = 'all' | 'goods_and_services' | 'cash' | 'atm' | 'reserved';
export type PinRule = 'required' | 'if_pin_pad' | 'not_required' | 'reserved';

export type ServiceCode = {
  /** The three digits. */
  readonly code: string;
  readonly interchange: Interchange;
  readonly hasChip: boolean;
  readonly authorisation: Authorisation;
  readonly services: Services;
  readonly pin: PinRule;
};

const CODE = /^\d{3}$/;

const FIRST: Readonly<Record<string, readonly [Interchange, boolean]>> = {
  '1': ['international', false],
  '2': ['international', true],
  '5': ['national', false],
  '6': ['national', true],
  '7': ['by_agreement', false],
  '9': ['test', false],
};

const SECOND: Readonly<Record<string, Authorisation>> = {
  '0': 'normal',
  '2': 'by_issuer',
  '4': 'by_issuer_unless_agreed',
};

const THIRD: Readonly<Record<string, readonly [Services, PinRule]>> = {
  '0': ['all', 'required'],
  '1': ['all', 'not_required'],
  '2': ['goods_and_services', 'not_required'],
  '3': ['atm', 'required'],
  '4': ['cash', 'not_required'],
  '5': ['goods_and_services', 'required'],
  '6': ['all', 'if_pin_pad'],
  '7': ['goods_and_services', 'if_pin_pad'],
};

const INTERCHANGE_WORDS = {
  international: 'international use',
  national: 'national use only',
  by_agreement: 'no interchange but by agreement',
  test: 'a test card',
  reserved: 'use not defined',
} satisfies Record<Interchange, string>;

const AUTHORISATION_WORDS = {
  normal: 'authorised by the usual rules',
  by_issuer: 'authorised online by the issuer',
  by_issuer_unless_agreed: 'authorised online by the issuer unless agreed otherwise',
  reserved: 'authorisation not defined',
} satisfies Record<Authorisation, string>;

const SERVICES_WORDS = {
  all: 'all services',
  goods_and_services: 'goods and services, no cash',
  cash: 'cash only',
  atm: 'cash machines only',
  reserved: 'services not defined',
} satisfies Record<Services, string>;

const PIN_WORDS = {
  required: 'PIN required',
  if_pin_pad: 'PIN where there is a PIN pad',
  not_required: 'no PIN needed',
  reserved: 'PIN not defined',
} satisfies Record<PinRule, string>;

/** The meaning of three digits. */
export function serviceCodeOf(code: string): ServiceCode {
  assert(CODE.test(code), 'a service code has three digits');
  const [interchange, hasChip] = FIRST[code.charAt(0)] ?? ['reserved', false];
  const [services, pin] = THIRD[code.charAt(2)] ?? ['reserved', 'reserved'];
  return { code, interchange, hasChip, authorisation: SECOND[code.charAt(1)] ?? 'reserved', services, pin };
}

/** A sentence for people: `international use with a chip, …`. */
export function serviceCodeWords(service: ServiceCode): string {
  const chip = service.hasChip ? ' with a chip' : '';
  return [
    `${INTERCHANGE_WORDS[service.interchange]}${chip}`,
    AUTHORISATION_WORDS[service.authorisation],
    SERVICES_WORDS[service.services],
    PIN_WORDS[service.pin],
  ].join(', ');
}

/** Whether the chip is to be used where there is a reader for it: the stripe alone is then no payment. */
export function requiresChip(service: ServiceCode): boolean {
  return service.hasChip;
}

/** Whether there is no payment without a PIN. */
export function requiresPin(service: ServiceCode): boolean {
  return service.pin === 'required';
}

/** Whether the issuer is to be asked every time; so it is where the rule is not defined. */
export function isOnlineOnly(service: ServiceCode): boolean {
  return service.authorisation !== 'normal';
}

/** Whether the card may buy goods and services at all. */
export function allowsPurchase(service: ServiceCode): boolean {
  return service.services === 'all' || service.services === 'goods_and_services';
}

/** Whether the card may draw cash, at a cash machine if `atAtm`. */
export function allowsCash(service: ServiceCode, atAtm: boolean): boolean {
  if (service.services === 'atm') return atAtm;
  return service.services === 'all' || service.services === 'cash';
}
