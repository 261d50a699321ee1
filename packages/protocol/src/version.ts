/**
 * The version of the wire between edge and hub, its history, and the oldest version the hub still speaks.
 * A test hashes the serialised schemas: changing one without a line here fails.
 */

/** History, newest last: version, day it was fixed, hash of the schemas, what changed. */
export const PROTOCOL_HISTORY = [
  {
    version: 1,
    since: '2026-11-20',
    hash: '886d6c207b3edd38c5d055d847bee182fe3cb802e87b40298c04f1e3b218af3f',
    change: 'First version.',
  },
] as const;

/** Spoken by this code. */
export const PROTOCOL_VERSION = 1;

/** Oldest version the hub accepts: a device may be offline for longer than a roll-out takes. */
export const PROTOCOL_VERSION_MIN = 1;
