/** Who calls the local API: the holder of the API token, a paired terminal, or a person signed in at one. */
import { sameBytes, sha256, tokenHash } from '@holdfast/crypto';
import type { HonoRequest } from 'hono';
import type { EdgeContext } from '../context.ts';
import { findTokenHolder } from '../store/terminals.ts';

export type EdgePrincipal =
  | { kind: 'api' }
  | { kind: 'terminal'; terminal_id: string }
  | { kind: 'staff'; terminal_id: string; staff_id: string; token: string };

/** How long a token is believed without looking into the store again. */
const CACHE_MS = 2_000;
const CACHE_MAX = 1_024;

export type Access = {
  authenticate(request: HonoRequest): EdgePrincipal | undefined;
  /** After a sign-out or a revocation. */
  forget(): void;
};

export function createAccess(context: EdgeContext): Access {
  const api = `Bearer ${context.apiToken}`;
  const apiHash = sha256(api);
  const cache = new Map<string, { principal: EdgePrincipal; untilMs: number }>();
  const lookUp = (token: string): EdgePrincipal | undefined => {
    const holder = findTokenHolder(context.db, tokenHash(token), context.limitMs());
    if (!holder) return undefined;
    return holder.kind === 'staff' ? { ...holder, token } : holder;
  };
  return {
    authenticate(request) {
      const header = request.header('authorization');
      if (header === undefined || !header.startsWith('Bearer ')) return undefined;
      // Hashes of equal length compare in constant time whatever was sent.
      if (header.length === api.length && sameBytes(sha256(header), apiHash)) return { kind: 'api' };
      const nowMs = context.ports.clock.monotonicMs();
      const cached = cache.get(header);
      if (cached && cached.untilMs > nowMs) return cached.principal;
      const principal = lookUp(header.slice('Bearer '.length));
      if (cache.size >= CACHE_MAX) cache.clear();
      if (principal) cache.set(header, { principal, untilMs: nowMs + CACHE_MS });
      return principal;
    },
    forget: () => cache.clear(),
  };
}
