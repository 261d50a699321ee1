/**
 * What a chip remembers from one payment to the next. It names a card by its place in the wallet and holds no number,
 * track or PIN: a PIN that was changed is kept as a code under a key that only the wallet's seed gives.
 */

/** Of one application of a card; the names are those of the file. */
export type ApplicationMemory = {
  /** Tags 9F36 and 9F13. */
  atc: number;
  last_online_atc: number;
  is_blocked: boolean;
  /** An issuer was asked, and its answer never came to the card. */
  is_online_pending: boolean;
  /** The answer of the issuer was wrong, or missing, the last time. */
  is_issuer_unproven: boolean;
  goes_online_next: boolean;
  script_count: number;
  is_script_failed: boolean;
  /** Of payments in a row without the issuer, as the issuer changed them. */
  lower_limit: number;
  upper_limit: number;
  /** Entries of the card's log, the newest first, in base64url: date, amount, currency, counter, type of cryptogram. */
  log: string[];
};

/** Of one card. */
export type CardState = {
  is_blocked: boolean;
  pin_tries_left: number;
  /** Base64url; null for the PIN that the card was made with. */
  pin_code: string | null;
  applications: ApplicationMemory[];
};

/** The memories of a wallet's cards, by their place. */
export type CardMemory = {
  /** Undefined for a card that was never used. The caller may change what it gets. */
  load(index: number): CardState | undefined;
  /** Durable when it resolves: a chip answers afterwards. */
  save(index: number, state: CardState): Promise<void>;
};

/** A memory that ends with the process. */
export function createRamCardMemory(): CardMemory {
  const states = new Map<number, CardState>();
  return {
    load: (index) => structuredClone(states.get(index)),
    save: async (index, state) => {
      states.set(index, structuredClone(state));
    },
  };
}
