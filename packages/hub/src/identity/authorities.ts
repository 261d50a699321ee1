/**
 * The names this hub answers to. A signature covers the authority a device meant; held against this list, a request
 * meant for another service cannot be replayed here. What a proxy says in a header is never asked.
 */
import type { Listener } from '@holdfast/runtime';

/** A list that is complete once the listener is open. */
export type Authorities = {
  /** True for a Host header that names this hub; letter case does not count. */
  includes(host: string): boolean;
  /** Adds the address of the listener, and localhost on its port. */
  addListener(listener: Pick<Listener, 'url'>): void;
};

/** A list of the configured public names. */
export function createAuthorities(publicNames: readonly string[]): Authorities {
  const names = new Set(publicNames.map((name) => name.toLowerCase()));
  return {
    includes: (host) => names.has(host.toLowerCase()),
    addListener(listener) {
      // A URL leaves out the port of its scheme, as a Host header does.
      const url = new URL(listener.url);
      names.add(url.host.toLowerCase());
      url.hostname = 'localhost';
      names.add(url.host);
    },
  };
}
