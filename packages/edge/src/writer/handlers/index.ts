/** Which handler takes which command. The type makes the table total. */
import type { Command, Results } from '../commands.ts';
import type { Transaction } from '../transaction.ts';
import { takeOwnEntries } from './history.ts';
import {
  addPairingCode,
  applyFeed,
  countPin,
  endSession,
  enrol,
  makeNextKey,
  pair,
  revokeTerminal,
  setAttention,
  setLinkMode,
  startSession,
} from './identity.ts';
import { prune } from './prune.ts';
import { takeSale } from './sale.ts';
import { adoptGeneration, noteHeldByHub, recordAck, recordMarks, rewrap, rewrapLost } from './sync.ts';
import { carryOut, migrateInstance, noteSchedule, pruneWorkflows, putDefinition } from './workflow.ts';

type Handlers = {
  [T in Command['type']]: (tx: Transaction, command: Extract<Command, { type: T }>) => Results[T];
};

export const HANDLERS: Handlers = {
  sale: takeSale,
  ack: recordAck,
  rewrap,
  hub_changed: adoptGeneration,
  feed: applyFeed,
  enrol,
  next_key: makeNextKey,
  pairing_code: addPairingCode,
  pair,
  revoke_terminal: revokeTerminal,
  session: startSession,
  end_session: endSession,
  pin: countPin,
  link_mode: setLinkMode,
  attention: setAttention,
  rewrap_lost: rewrapLost,
  hub_holds: noteHeldByHub,
  own_entries: takeOwnEntries,
  prune,
  hub_marks: recordMarks,
  workflow: carryOut,
  workflow_definition: putDefinition,
  workflow_schedule: noteSchedule,
  workflow_migrate: migrateInstance,
  workflow_prune: pruneWorkflows,
};

/** Commands that read what their neighbours would still be writing: they run in a transaction of their own. */
const SOLITARY: ReadonlySet<Command['type']> = new Set([
  'rewrap',
  'rewrap_lost',
  'hub_changed',
  'hub_holds',
  'own_entries',
  'enrol',
  'feed',
]);

export function isSolitary(command: Command): boolean {
  return SOLITARY.has(command.type);
}
