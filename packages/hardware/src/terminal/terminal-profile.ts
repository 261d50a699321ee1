/** The profile of an ordinary terminal of a shop, or of a cash machine, for the applications that it takes. */
import { type ApplicationProfile, fromHex, type TerminalProfile } from '@holdfast/cards';

/** One application; `version` is tag 9F09. */
export type AcceptedApplication = { aid: Uint8Array; version: Uint8Array };

export type TerminalProfileInput = {
  /** Numeric ISO 3166, three digits. */
  country: string;
  applications: readonly AcceptedApplication[];
  /** Minor units: at it the issuer must be asked. */
  floorLimit: bigint;
  /** Minor units; nothing is taken by tapping where they are absent. */
  contactless?: ApplicationProfile['contactless'];
  isAtm?: boolean;
  /** Tags 9F1C and 9F16: 8 and at most 15 characters. */
  terminalId: string;
  merchantId: string;
};

/**
 * Codes as acquirers hand them out: a service that is not allowed is denied; what went wrong with authentication, dates,
 * the cardholder or the limits goes online; what is left without an issuer is declined where the card could be a forged or
 * a copied one, or where nobody has verified its holder.
 */
const ACTION_CODES = {
  denial: fromHex('0010000000'),
  online: fromHex('DE40BCF800'),
  default: fromHex('DE4084A800'),
};
/** Attended, offline with online capability, of a merchant; unattended, of a bank. */
const SHOP = 0x22;
const CASH_MACHINE = 0x15;
/** Chip and stripe; every way to verify; SDA, DDA and CDA. A cash machine takes no signature and nobody unverified. */
const SHOP_CAPABILITIES = '60F8C8';
const CASH_MACHINE_CAPABILITIES = '60D0C8';
const UNPREDICTABLE_NUMBER_LIST = fromHex('9F3704');
const TEXT = new TextEncoder();

/** The profile; limits are in the currency that payments will have. */
export function terminalProfile(input: TerminalProfileInput): TerminalProfile {
  const { country, applications, floorLimit, contactless, isAtm = false } = input;
  return {
    terminalType: isAtm ? CASH_MACHINE : SHOP,
    capabilities: fromHex(isAtm ? CASH_MACHINE_CAPABILITIES : SHOP_CAPABILITIES),
    additionalCapabilities: fromHex(isAtm ? '8000F0A001' : '6000F0A001'),
    country: fromHex(country.padStart(4, '0')),
    usesDirectory: true,
    hasApplicationChoice: false,
    applications: applications.map(({ aid, version }) => ({
      aid,
      isPartial: true,
      version,
      floorLimit,
      actionCodes: ACTION_CODES,
      defaultDdol: UNPREDICTABLE_NUMBER_LIST,
      contactless,
    })),
    elements: [
      { tag: '9F1C', value: TEXT.encode(input.terminalId) },
      { tag: '9F16', value: TEXT.encode(input.merchantId.padEnd(15)) },
    ],
  };
}
