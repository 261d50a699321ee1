/**
 * Who this till is to its edge: unpaired, paired as a terminal, or paired with a person signed in. The terminal's
 * token lasts until it is revoked; the person's ends with the window. Whoever holds the API token looks after the
 * workflows of the edge and does not sell; a pairing that was there is there again afterwards.
 */
import type { PairAnswer, Problem, SignInAnswer, StaffListing } from '@holdfast/protocol';
import type { Platform } from './platform.ts';

type Wire<T extends { parse: (input: unknown) => unknown }> = ReturnType<T['parse']>;
export type Terminal = Wire<typeof PairAnswer>;
export type Staff = Wire<typeof StaffListing>;
export type SignedIn = Wire<typeof SignInAnswer>;

export type Session =
  | { kind: 'unpaired'; revoked: boolean }
  | { kind: 'paired'; terminal: Terminal; ended: boolean }
  | { kind: 'signed_in'; terminal: Terminal; token: string; staff: Staff }
  | { kind: 'operator'; token: string };

export type SessionStore = {
  get: () => Session;
  subscribe: (listener: () => void) => () => void;
  pair: (terminal: Terminal) => void;
  signIn: (answer: SignedIn) => void;
  signOut: () => void;
  /** The API token was given; it stays in this window. */
  operate: (token: string) => void;
  /** Ends that. */
  leaveOperating: () => void;
  /** Takes the consequence of an answer that refused `token`. */
  refused: (token: string | null, problem: Problem) => void;
};

const TERMINAL_KEY = 'holdfast.till.terminal';
const STAFF_KEY = 'holdfast.till.staff';
const OPERATOR_KEY = 'holdfast.till.operator';

/** The token that requests carry now; null before pairing. */
export function tokenOf(session: Session): string | null {
  if (session.kind === 'unpaired') return null;
  return session.kind === 'paired' ? session.terminal.token : session.token;
}

/** Reads what an earlier page left, and keeps what changes. */
export function createSessionStore({
  lasting,
  passing,
}: Pick<Platform, 'lasting' | 'passing'>): SessionStore {
  const listeners = new Set<() => void>();
  let session = restore({ lasting, passing });
  const become = (next: Session) => {
    session = next;
    if (next.kind !== 'operator') keep(next, { lasting, passing });
    for (const listener of listeners) listener();
  };
  const leaveOperating = () => {
    passing.remove(OPERATOR_KEY);
    become(restore({ lasting, passing }));
  };
  const leave = (ended: boolean) => {
    if (session.kind === 'signed_in') become({ kind: 'paired', terminal: session.terminal, ended });
  };
  return {
    get: () => session,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    pair: (terminal) => become({ kind: 'paired', terminal, ended: false }),
    signIn: ({ token, staff }) => {
      if (session.kind !== 'paired' && session.kind !== 'signed_in') return;
      become({ kind: 'signed_in', terminal: session.terminal, token, staff });
    },
    signOut: () => leave(false),
    operate: (token) => {
      passing.set(OPERATOR_KEY, token);
      become({ kind: 'operator', token });
    },
    leaveOperating,
    refused: (token, problem) => {
      // An answer to an older token says nothing about this session.
      if (token === null || token !== tokenOf(session)) return;
      if (problem.code === 'sign_in_required' || problem.code === 'unauthenticated') {
        if (session.kind === 'operator') leaveOperating();
        else if (session.kind === 'paired') become({ kind: 'unpaired', revoked: true });
        else leave(true);
      }
    },
  };
}

/** Keeps what shall be there after a reload; one who operates changes none of it. */
function keep(
  next: Exclude<Session, { kind: 'operator' }>,
  { lasting, passing }: Pick<Platform, 'lasting' | 'passing'>,
): void {
  if (next.kind === 'unpaired') lasting.remove(TERMINAL_KEY);
  else lasting.set(TERMINAL_KEY, JSON.stringify(next.terminal));
  if (next.kind === 'signed_in')
    passing.set(STAFF_KEY, JSON.stringify({ token: next.token, staff: next.staff }));
  else passing.remove(STAFF_KEY);
}

function restore({ lasting, passing }: Pick<Platform, 'lasting' | 'passing'>): Session {
  const operatorToken = passing.get(OPERATOR_KEY);
  if (operatorToken !== null) return { kind: 'operator', token: operatorToken };
  const terminalText = lasting.get(TERMINAL_KEY);
  if (terminalText === null) return { kind: 'unpaired', revoked: false };
  // Only `become` writes these two.
  const terminal = JSON.parse(terminalText) as Terminal;
  const staffText = passing.get(STAFF_KEY);
  if (staffText === null) return { kind: 'paired', terminal, ended: false };
  const { token, staff } = JSON.parse(staffText) as { token: string; staff: Staff };
  return { kind: 'signed_in', terminal, token, staff };
}
