/** What an examination says: one thing that was looked at, how it is, and what to do about it. */

export const FINDING_STATES = ['good', 'warning', 'bad'] as const;
export type FindingState = (typeof FINDING_STATES)[number];

export type Finding = {
  /** What was looked at, a few words: `key file`, `disk`. */
  check: string;
  state: FindingState;
  /** How it is: one sentence. */
  says: string;
  /** What to do: a sentence or a command; null where nothing is to be done. */
  advice: string | null;
};

/** Nothing is to be done. */
export function good(check: string, says: string): Finding {
  return { check, state: 'good', says, advice: null };
}

/** It works, but somebody should know. */
export function warning(check: string, says: string, advice: string | null): Finding {
  return { check, state: 'warning', says, advice };
}

/** It does not work, or money is at risk. */
export function bad(check: string, says: string, advice: string | null): Finding {
  return { check, state: 'bad', says, advice };
}

/** The worst state of all findings; `good` of none. */
export function worstOf(findings: readonly Finding[]): FindingState {
  const worst = Math.max(0, ...findings.map(({ state }) => FINDING_STATES.indexOf(state)));
  return FINDING_STATES[worst] ?? 'bad';
}
