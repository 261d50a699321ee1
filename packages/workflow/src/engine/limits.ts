/** Bounds of an instance. They are documented in docs/workflows.md. */

/** What the state of an instance may take as JSON, in bytes. */
export const STATE_BYTES_MAX = 262_144;
/** What an instance may hold beside its state when a step begins, in bytes: lists that it goes through, and what can be undone. */
export const HELD_BYTES_MAX = 4_194_304;
/** Characters of a message of a failure, and of the detail of a line of the timeline: both may quote what came from outside. */
export const TEXT_CHARS_MAX = 2_000;
/** How long a call may take: timers of the platform count in 32 bits, and beyond that fire at once. */
export const CALL_MS_MAX = 2_147_483_647;
/** Visits of steps of one instance. */
export const VISITS_MAX = 10_000;
/** Steps that are begun in one commit; more go on in the next. */
export const STEPS_AT_ONCE = 200;
/** Characters of an expression times bytes of the state that count as a step: some ten microseconds at the worst. */
export const WORK_OF_STEP = 1_000_000;
/** How deep workflows may start each other: one that starts itself ends there. */
export const DEPTH_MAX = 8;
/** Signals that wait until they are waited for. */
export const MAIL_MAX = 16;
/** Tries, beyond those of the step, of a call that was lost with its process: one that ends each process ends there. */
export const LOST_MAX = 10;
/** Questions, beyond the tries of a step, what became of a call, before a person is asked. */
export const QUERIES_MAX = 10;
