/**
 * What the writer can be told to do. Commands and results are plain data: in production they cross a thread boundary.
 */
import { AppError, type ErrorCode, type Fault } from '@holdfast/base';
import type { AckStatement, FeedPage, LinkMode, PairAnswer, RegisterAnswer } from '@holdfast/protocol';
import type { Handled, Order } from '@holdfast/workflow';

/** Take a sale. `text` is the body as posted. */
export type SaleCommand = {
  type: 'sale';
  op_id: string;
  text: string;
  terminal_id: string | null;
  staff_id: string | null;
};

/** The stored answer of a sale; `body` is the JSON text of a SaleReceipt. */
export type SaleResult = { body: string; replayed: boolean };

/** Record what the hub has committed. */
export type AckCommand = {
  type: 'ack';
  stream_no: number;
  ack: AckStatement;
  /** Entries of the batch that wait for a person at the hub. */
  quarantined: number[];
};

/** End the open streams and wrap what the hub lacks again, under the same operations. */
export type RewrapCommand = {
  type: 'rewrap';
  why: 'restored' | 'fork' | 'clone' | 'invalid' | 'hub_lost';
  /** The hub lacks everything from here on in its stream; what is not acked is wrapped again in any case. */
  from?: { stream_no: number; seq: number } | undefined;
  attention?: string | undefined;
};

/** The hub was restored: what it has is the truth about acks, and its new generation is adopted. */
export type HubChangedCommand = {
  type: 'hub_changed';
  stream_no: number;
  generation: string;
  acked_seq: number;
  head_hash: string;
};

/** A page of the feed, applied with its cursor. */
export type FeedCommand = { type: 'feed'; page: FeedPage };

/** The hub knows this device: adopt its identity, and the key that was made for it if there is one. */
export type EnrolCommand = { type: 'enrol'; answer: RegisterAnswer; hub_url: string };

/** Make a key for the next enrolment, once; another one if it is `instead_of`, a key that turned out to be taken. */
export type NextKeyCommand = { type: 'next_key'; instead_of?: string | undefined };

export type PairingCodeCommand = { type: 'pairing_code'; code_hash: string; expires_at: number };
export type PairCommand = {
  type: 'pair';
  code_hash: string;
  terminal_id: string;
  terminal_name: string;
  terminal_type: string;
  token: string;
  token_hash: string;
};
export type RevokeTerminalCommand = { type: 'revoke_terminal'; terminal_id: string };

export type SessionCommand = {
  type: 'session';
  token_hash: string;
  terminal_id: string;
  staff_id: string;
  expires_at: number;
};
export type EndSessionCommand = { type: 'end_session'; token_hash: string };

/** A try at a PIN is about to be made, or was right. */
export type PinCommand = { type: 'pin'; staff_id: string; right: boolean };
/** `granted` says whether the PIN may be looked at; the rest is what holds if it turns out wrong. */
export type PinResult = { granted: boolean; tries_left: number; locked_until: number };

/** What the hub wants a person to do; null when it wants nothing. */
export type AttentionCommand = { type: 'attention'; text: string | null };

/** The hub turned out to lack the end of a closed stream: wrap that again. */
export type RewrapLostCommand = { type: 'rewrap_lost'; stream_no: number; from_seq: number };

/** What the hub holds of the streams of `device_id`: whatever this store lacks of it is to be pulled back. */
export type HubHoldsCommand = { type: 'hub_holds'; device_id: string; includes: FeedPage['includes'] };

/**
 * Entries of this device that came back from the hub, verified: they follow entry `after_seq` with hash `prev_hash`.
 * `done` when the hub has no more of the stream.
 */
export type OwnEntriesCommand = {
  type: 'own_entries';
  stream_no: number;
  after_seq: number;
  prev_hash: string;
  entries: OwnEntry[];
  done: boolean;
};
/** Both lines and the chain hash in hexadecimal; `body` is null once it was erased. */
export type OwnEntry = { header: string; body: string | null; hash: string };

/** Record how much the hub holds safely, and how much of it waits for a person. */
export type HubMarksCommand = { type: 'hub_marks'; includes: FeedPage['includes'] };

/** Remove a piece of what the hub holds safely and `includes` says is booked, made before `before_ms`. */
export type PruneCommand = { type: 'prune'; includes: FeedPage['includes']; before_ms: number };

export type LinkModeCommand = { type: 'link_mode'; mode: LinkMode; until: number | null };

/** Carry out an order about a workflow. `online` says whether the hub could be reached when it was given. */
export type WorkflowCommand = { type: 'workflow'; order: Order; online: boolean };
/** `sales` were taken by it; `revision` counts the commits of the instance that the order was about. */
export type WorkflowResult = { handled: Handled; sales: number; revision: number };

/** Keep a definition, which new instances of its type begin with from now on; or let nothing begin with that type. */
export type WorkflowDefinitionCommand = {
  type: 'workflow_definition';
  workflow_type: string;
  definition: { hash: string; version: string | null; canonical: string; source: string } | null;
};

/** Record what became of a schedule's times; `next_ms` undefined removes it. */
export type WorkflowScheduleCommand = {
  type: 'workflow_schedule';
  schedule: string;
  next_ms?: number | null | undefined;
  last?: { due_ms: number; instance_id: string } | undefined;
  /** Times that wait until the instance before them has ended. */
  queue: number[];
};

/** Let an instance that stands at `revision` go on by another definition. */
export type WorkflowMigrateCommand = {
  type: 'workflow_migrate';
  instance_id: string;
  revision: number;
  definition_hash: string;
  by: string | null;
};

/** Remove a piece of the instances that ended before `before_ms`. */
export type WorkflowPruneCommand = { type: 'workflow_prune'; before_ms: number };

export type Command =
  | SaleCommand
  | AckCommand
  | RewrapCommand
  | HubChangedCommand
  | FeedCommand
  | EnrolCommand
  | NextKeyCommand
  | PairingCodeCommand
  | PairCommand
  | RevokeTerminalCommand
  | SessionCommand
  | EndSessionCommand
  | PinCommand
  | LinkModeCommand
  | AttentionCommand
  | RewrapLostCommand
  | HubHoldsCommand
  | OwnEntriesCommand
  | PruneCommand
  | HubMarksCommand
  | WorkflowCommand
  | WorkflowDefinitionCommand
  | WorkflowScheduleCommand
  | WorkflowMigrateCommand
  | WorkflowPruneCommand;

/** What each command answers. */
export type Results = {
  sale: SaleResult;
  ack: { acked: number };
  /** `damaged` entries cannot be read; they stay where they are. */
  rewrap: { rewrapped: number; damaged: number; incarnation: string };
  hub_changed: { pending: number };
  feed: { applied: number };
  enrol: { rewrapped: number };
  next_key: null;
  pairing_code: null;
  pair: PairAnswer;
  revoke_terminal: { revoked: boolean };
  session: null;
  end_session: null;
  pin: PinResult;
  link_mode: null;
  attention: null;
  rewrap_lost: { rewrapped: number };
  hub_holds: { lacking: number };
  /** `restored` transactions are in the list again; the others were there, or cannot be read. */
  own_entries: { taken: number; restored: number };
  /** Entries that went; 0 when nothing may. */
  prune: { pruned: number };
  hub_marks: null;
  workflow: WorkflowResult;
  workflow_definition: null;
  workflow_schedule: null;
  workflow_migrate: null;
  /** Instances that went; 0 when none may. */
  workflow_prune: { pruned: number; lines: number };
};

export type ResultOf<C extends Command> = Results[C['type']];

/** An AppError as plain data. */
export type Failure = {
  code: ErrorCode;
  message: string;
  faults: Fault[];
  extra: Record<string, string | number | boolean | null>;
  headers: Record<string, string>;
  /** Stack of what lies beneath, for the log alone. */
  cause?: string | undefined;
};

/** What became of a command: its result, once it is durable, or why it did not happen. */
export type Outcome = { ok: true; value: Results[Command['type']] } | { ok: false; failure: Failure };

/** Takes an AppError apart for the way across threads. */
export function toFailure(error: AppError): Failure {
  return {
    code: error.code,
    message: error.message,
    faults: error.faults,
    extra: error.extra,
    headers: error.headers,
    cause: error.cause instanceof Error ? error.cause.stack : undefined,
  };
}

/** Puts an AppError together again. */
export function fromFailure(failure: Failure): AppError {
  const { faults, extra, headers } = failure;
  const cause = failure.cause === undefined ? undefined : new Error(failure.cause);
  return new AppError(failure.code, failure.message, { faults, extra, headers, cause });
}
