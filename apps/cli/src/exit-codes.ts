/** What the exit code of a command says. The numbers are part of the interface: scripts read them. */

export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  notReconciled: 3,
  /** What was looked at is there, and is not as it should be. */
  unsound: 4,
  /** A defect in Holdfast itself (sysexits.h EX_SOFTWARE). */
  defect: 70,
  /** What was asked for may work later as it is (sysexits.h EX_TEMPFAIL). */
  tryAgain: 75,
} as const;

/** One of {@link EXIT}. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The codes as the help shows them. */
export const EXIT_CODES_HELP: readonly (readonly [string, string])[] = [
  ['0', 'done'],
  ['1', 'failed; the message says why and what to do'],
  ['2', 'the command was not understood'],
  ['3', 'reconcile, hub restore: something is missing'],
  [
    '4',
    'doctor, verify: something is wrong with what was looked at; workflow start --wait: it did not complete',
  ],
  ['75', 'not possible now, try again: the edge or the hub is not reachable'],
];
