/** The limits of payments by tapping (EMV Contactless Book A 5, Book B 3.1) and the Terminal Transaction Qualifiers, tag 9F66. */
import { bitField } from './bit-field.ts';

/** Terminal Transaction Qualifiers, as Visa's and most other kernels read them. */
export const TTQ = bitField(4, {
  stripeModeSupported: [1, 0x80],
  emvModeSupported: [1, 0x20],
  emvContactSupported: [1, 0x10],
  offlineOnly: [1, 0x08],
  onlinePinSupported: [1, 0x04],
  signatureSupported: [1, 0x02],
  onlineCryptogramRequired: [2, 0x80],
  cvmRequired: [2, 0x40],
  offlinePinSupportedByContact: [2, 0x20],
  issuerUpdateSupported: [3, 0x80],
  consumerDeviceCvmSupported: [3, 0x40],
});

/** Card Transaction Qualifiers, tag 9F6C: what the card wants done. */
export const CTQ = bitField(2, {
  onlinePinRequired: [1, 0x80],
  signatureRequired: [1, 0x40],
  goOnlineIfAuthenticationFails: [1, 0x20],
  switchInterfaceIfAuthenticationFails: [1, 0x10],
  goOnlineIfExpired: [1, 0x08],
  consumerDeviceCvmPerformed: [2, 0x80],
});

export type Ctq = ReturnType<typeof CTQ.none>;

/** Minor units; at or above a limit its rule holds. */
export type ContactlessLimits = {
  /** Nothing is taken by tapping from here on. */
  transactionLimit: bigint;
  /** The cardholder must be verified from here on. */
  cvmLimit: bigint;
  /** The issuer must be asked from here on. */
  floorLimit: bigint;
};

export type ContactlessDemands = { isAllowed: boolean; needsCvm: boolean; needsOnline: boolean };

/** What an amount demands. No amount at all is nothing to pay by tapping. */
export function demandsOf(amount: bigint, limits: ContactlessLimits): ContactlessDemands {
  return {
    isAllowed: amount > 0n && amount < limits.transactionLimit,
    needsCvm: amount >= limits.cvmLimit,
    needsOnline: amount >= limits.floorLimit,
  };
}
