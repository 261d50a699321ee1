/** The till's one context: its collaborators, made in `main.tsx` and handed down. */
import { createContext, useContext, useSyncExternalStore } from 'react';
import type { Answer, Request, Send } from './api.ts';
import type { EdgeClock } from './edge-clock.ts';
import type { Platform } from './platform.ts';
import { type Session, type SessionStore, tokenOf } from './session.ts';
import type { Language, Translate } from './strings/catalogue.ts';

export type Till = {
  platform: Platform;
  send: Send;
  session: SessionStore;
  clock: EdgeClock;
  language: Language;
  /** BCP 47; what the person prefers. */
  locale: string;
  t: Translate;
};

export const TillContext = createContext<Till | null>(null);

/** The context; there is always one below `main.tsx`. */
export function useTill(): Till {
  const till = useContext(TillContext);
  if (till === null) throw new Error('useTill needs a TillContext above it');
  return till;
}

/** The words of the language in force. */
export function useT(): Translate {
  return useTill().t;
}

/** The session, as it changes. */
export function useSession(): Session {
  const { session } = useTill();
  return useSyncExternalStore(session.subscribe, session.get);
}

/** A request with the session's token; a refusal of the token changes the session. */
export async function call<T>(
  { send, session }: Pick<Till, 'send' | 'session'>,
  path: string,
  request?: Request,
): Promise<Answer<T>> {
  const token = tokenOf(session.get());
  const answer = await send<T>(path, token, request);
  if (answer.kind === 'problem') session.refused(token, answer.problem);
  return answer;
}
