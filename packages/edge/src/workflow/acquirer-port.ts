/** Whoever answers for a card while the link is up. Each call carries a key: the same key is the same authorisation. */
import type { DeviceAmount, DeviceAnswer, DeviceCall } from './hardware-port.ts';

/** `response_code` is that of ISO 8583; `00` is yes. */
export type Authorisation = { approved: boolean; approval_code: string; response_code: string };

export type Acquirer = {
  /** Asks for an amount; a no is an answer, not a failure. `no_acquirer`, `acquirer_unavailable`, `card_blocked`. */
  authorise(
    call: DeviceCall & DeviceAmount & { card_token: string | null },
  ): Promise<DeviceAnswer<Authorisation>>;
  /** What became of an authorisation with that key; `not_done` when it was never asked for. */
  findAuthorisation(call: DeviceCall): Promise<DeviceAnswer<Authorisation>>;
  /** Takes an authorisation back. */
  voidAuthorisation(
    call: DeviceCall & { approval_code: string },
  ): Promise<DeviceAnswer<Record<string, never>>>;
};

/** An edge that has nobody to ask. */
export const noAcquirer: Acquirer = {
  authorise: () => missing('no_acquirer'),
  findAuthorisation: () => missing('not_done'),
  voidAuthorisation: () => missing('no_acquirer'),
};

function missing(code: string): Promise<DeviceAnswer<never>> {
  const message = 'This edge has nobody to ask for an authorisation: configure an acquirer.';
  return Promise.resolve({ kind: 'failed', code, message });
}
