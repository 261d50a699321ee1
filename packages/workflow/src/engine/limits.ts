/** Bounds of an instance. They are documented in docs/workflows.md. */

/** What the state of an instance may take as JSON, in bytes. */
export const STATE_BYTES_MAX = 262_144;
/** Visits of steps of one instance. */
export const VISITS_MAX = 10_000;
/** Steps that are begun in one commit; more go on in the next. */
export const STEPS_AT_ONCE = 200;
/** How deep workflows may start each other: one that starts itself ends there. */
export const DEPTH_MAX = 8;
/** Signals that wait until they are waited for. */
export const MAIL_MAX = 16;
/** Tries, beyond those of the step, of a call that was lost with its process: one that ends each process ends there. */
export const LOST_MAX = 10;
/** Questions, beyond the tries of a step, what became of a call, before a person is asked. */
export const QUERIES_MAX = 10;
