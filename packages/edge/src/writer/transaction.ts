/**
 * What a handler may do inside the one transaction of its group: read, write rows, append operations. The object exists
 * only while the transaction is open.
 */
import type { Ports } from '@holdfast/base';
import { toHex } from '@holdfast/base';
import type { Catalogue } from '@holdfast/commerce';
import { hmacSha256, type SigningKey } from '@holdfast/crypto';
import { buildBodyLine, buildEntry, buildSeal, SALT_BYTES } from '@holdfast/journal';
import type { Lane, SealHead } from '@holdfast/protocol';
import type { Db } from '../store/open.ts';
import { entryIdOf, type StreamRow } from '../store/streams.ts';
import type { FunctionSet } from '../workflow/functions/index.ts';
import type { Programs } from '../workflow/programs.ts';
import type { Statements } from './statements.ts';

/** Where a stream's chain ends. */
export type Tip = { row: StreamRow; seq: number; hash: Buffer };

/** The operation to append; `bodyLine` instead of `body` wraps one again, to the byte. */
export type Operation = {
  op_id: string;
  kind: string;
  at: string;
  terminal_id: string | null;
  staff_id: string | null;
} & ({ body: object } | { bodyLine: string });

/** Where an operation was appended. */
export type Appended = { entryId: number; seq: number; bodyHash: string };

/** State of the store that the writer keeps in memory, true to the database between transactions. */
export type WriterState = {
  dbId: string;
  deviceId: string;
  incarnation: string;
  key: SigningKey;
  storeId: string;
  /** False until a hub has said which store this is. */
  isEnrolled: boolean;
  tips: Map<Lane, Tip>;
  catalogue: Catalogue;
};

export type Transaction = {
  readonly db: Db;
  readonly statements: Statements;
  readonly state: WriterState;
  readonly ports: Ports;
  /** The same for every command of the group. */
  readonly nowMs: number;
  readonly nowText: string;
  /** What workflows need beside the store; `nowMs` does not follow a clock that is set back. */
  readonly workflow: { nowMs: number; boot: string; programs: Programs; functions: FunctionSet };
  /** Appends to the open stream of a lane. */
  append(lane: Lane, operation: Operation): Appended;
  /** Runs a part of the command; when it throws, nothing that it wrote or appended is left. */
  part<T>(fn: () => T): T;
  /** Asks for the in-memory state to be read anew once the group is done. */
  reload(): void;
};

/** Separates this use of the store's key from every other. */
const SALT_CONTEXT = 'holdfast-salt-v1\n';

/** Appends one operation to a chain, in memory and in the store. */
export function appendTo(
  tip: Tip,
  operation: Operation,
  use: { statements: Statements; state: WriterState; saltKey: Uint8Array },
): { tip: Tip; appended: Appended } {
  const seq = tip.seq + 1;
  const bodyLine =
    'bodyLine' in operation
      ? operation.bodyLine
      : buildBodyLine({ salt: saltOf(operation.op_id, use.saltKey), body: operation.body });
  const built = buildEntry({
    place: {
      device_id: use.state.deviceId,
      incarnation: tip.row.incarnation,
      lane: tip.row.lane,
      seq,
      op_id: operation.op_id,
      kind: operation.kind,
      at: operation.at,
      terminal_id: operation.terminal_id,
      staff_id: operation.staff_id,
    },
    bodyLine,
    prevHash: tip.hash,
  });
  const entryId = entryIdOf(tip.row.stream_no, seq);
  use.statements.insertEntry.run(entryId, built.headerLine, bodyLine, built.hash);
  return {
    tip: { row: tip.row, seq, hash: built.hash },
    appended: { entryId, seq, bodyHash: built.header.body_hash },
  };
}

/**
 * Follows from the operation, and nobody without the key can follow: a till that repeats a sale, at this store or at an
 * earlier copy of it, gets the same body, and so the same receipt code.
 */
function saltOf(opId: string, saltKey: Uint8Array): Uint8Array {
  return hmacSha256(saltKey, SALT_CONTEXT, opId).subarray(0, SALT_BYTES);
}

/** Seals the heads that moved and records the new tips. */
export function sealTips(moved: readonly Tip[], use: { statements: Statements; state: WriterState }): void {
  const heads: SealHead[] = moved.map(({ row, seq, hash }) => ({
    incarnation: row.incarnation,
    lane: row.lane,
    seq,
    hash: toHex(hash),
  }));
  if (heads.length === 0) return;
  const seal = buildSeal({ deviceId: use.state.deviceId, heads, key: use.state.key });
  for (const { row, seq, hash } of moved) {
    use.statements.insertSeal.run(entryIdOf(row.stream_no, seq), seal.statement, seal.signature);
    use.statements.moveTip.run(seq, hash, row.stream_no);
  }
}
