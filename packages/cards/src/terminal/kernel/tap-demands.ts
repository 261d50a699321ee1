/**
 * What a tap demands by its amount, and what the terminal tells the card of itself because of it (EMV Contactless Book A
 * 5.8, Book B 3.1). Above the limit for verification the terminal does not go without, so it does not say that it could.
 */
import { must } from '@holdfast/base';
import { TERMINAL_CAPABILITIES } from '../bits.ts';
import { type ContactlessDemands, type ContactlessLimits, demandsOf, TTQ } from '../contactless-limits.ts';
import type { ApplicationProfile, TerminalProfile } from './profile.ts';
import type { Transaction } from './transaction.ts';

/** The limits of an application that is a candidate for tapping. */
export function limitsOf({ contactless }: ApplicationProfile): ContactlessLimits {
  return must(contactless, 'the application has limits for tapping');
}

/** What the application that was opened demands of this amount. */
export function tapDemands(tx: Transaction): ContactlessDemands {
  return demandsOf(tx.setting.payment.amount, limitsOf(tx.selected.profile));
}

/** The terminal with the applications that take this amount. */
export function withinLimits(tx: Transaction): TerminalProfile {
  const { terminal, payment } = tx.setting;
  const applications = terminal.applications.filter(
    ({ contactless }) => contactless !== undefined && demandsOf(payment.amount, contactless).isAllowed,
  );
  return { ...terminal, applications };
}

/** Sets what the next application is told: capabilities (tag 9F33) without offline PINs, and the qualifiers (9F66). */
export function tellTap(tx: Transaction, demands: ContactlessDemands): void {
  const { capabilities: whole } = tx.setting.terminal;
  const known = must(TERMINAL_CAPABILITIES.read(whole), 'terminal capabilities are 3 bytes');
  Object.assign(tx.capabilities, {
    plainOfflinePin: false,
    encipheredOfflinePin: false,
    noCvmRequired: known.noCvmRequired && !demands.needsCvm,
  });
  const bytes = whole.slice();
  bytes[1] = (bytes[1] ?? 0) & (TERMINAL_CAPABILITIES.write(tx.capabilities)[1] ?? 0);
  tx.setTerminal('9F33', bytes);
  tx.setTerminal('9F66', qualifiersOf(tx, demands));
}

/** Whether the issuer has the last word, whatever the card answers. */
export function mustAskIssuer(tx: Transaction): boolean {
  const isWanted = tx.terminalType.communication === 'online_only' || tx.setting.payment.isForcedOnline;
  return isWanted || tx.tvr.floorLimitExceeded || tapDemands(tx).needsOnline;
}

function qualifiersOf(tx: Transaction, demands: ContactlessDemands): Uint8Array {
  const { communication } = tx.terminalType;
  return TTQ.write({
    emvModeSupported: true,
    emvContactSupported: tx.capabilities.chipWithContacts,
    offlineOnly: communication === 'offline_only',
    onlinePinSupported: tx.capabilities.onlinePin,
    signatureSupported: tx.capabilities.signature,
    onlineCryptogramRequired:
      communication === 'online_only' || demands.needsOnline || tx.setting.payment.isForcedOnline,
    cvmRequired: demands.needsCvm,
    consumerDeviceCvmSupported: true,
  });
}
