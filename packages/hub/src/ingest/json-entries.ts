/** From the elements of a JSON batch to operations, and from operations to entries the hub chains itself. */
import { canonicalJson, hmacSha256, opIdOf } from '@holdfast/crypto';
import { type BuiltEntry, bodyHash, buildBodyLine, buildEntry, SALT_BYTES } from '@holdfast/journal';
import { ENTRY_VERSION, HUB_INCARNATION, type JsonBatch, type SaleBody } from '@holdfast/protocol';
import type { PlacedEntry } from './batch-columns.ts';
import type { JudgedEntry } from './judge.ts';
import type { KnownSender } from './sender.ts';

/** Separates this use of the MAC key from every other. */
const SALT_CONTEXT = 'holdfast-json-salt-v1\n';

const SALE = 'sale';

type Item = JsonBatch[number];

/** An element that is an operation, not yet an entry. */
export type Operation = { opId: string; at: string; cashierId: string; bodyLine: string; bodyHash: string };

/** The operation of an element; the same element gives the same one. */
export function toOperation(item: Item, sender: KnownSender, macKey: Uint8Array): Operation {
  const opId = opIdOf({ key: item.transaction_id, terminalId: sender.device_id });
  // A number stands for its shortest decimal text; one with an exponent is left for the judge to refuse.
  const amount = String(item.amount);
  const body: SaleBody = {
    store_id: item.store_id ?? sender.store_id,
    cashier_id: item.cashier_id,
    customer_reference: item.customer_reference ?? null,
    currency: item.currency,
    amount_total: amount,
    tenders: [{ type: 'cash', amount }],
    change: '0',
    flags: ['json_batch'],
    payload: canonicalJson(item),
  };
  // A repeat must give the same body hash, so the salt follows from the op_id; nobody without the key can follow.
  const salt = hmacSha256(macKey, SALT_CONTEXT, opId).subarray(0, SALT_BYTES);
  const bodyLine = buildBodyLine({ salt, body });
  const at = new Date(Date.parse(item.timestamp)).toISOString();
  return { opId, at, cashierId: item.cashier_id, bodyLine, bodyHash: bodyHash(bodyLine) };
}

/** The operation as it will be judged when it is an entry. */
export function toJudged(operation: Operation): JudgedEntry {
  const { opId, at, bodyHash: hash, bodyLine } = operation;
  const header = { v: ENTRY_VERSION, kind: SALE, at, op_id: opId, body_hash: hash };
  return { header, bodyLine: Buffer.from(bodyLine) };
}

/** Entries that continue a stream whose head is given; `lines` are theirs, and `null` in place of a seal. */
export function buildChain(
  operations: readonly Operation[],
  { sender, ackedSeq, headHash }: { sender: KnownSender; ackedSeq: number; headHash: Buffer },
): { entries: PlacedEntry[]; hashes: Buffer[]; lines: Buffer; tipHash: Buffer } {
  const hashes: Buffer[] = [];
  let tipHash = headHash;
  const built = operations.map((operation, index) => {
    const entry = buildEntry({
      place: {
        device_id: sender.device_id,
        incarnation: HUB_INCARNATION,
        lane: 'transactions',
        seq: ackedSeq + index + 1,
        op_id: operation.opId,
        kind: SALE,
        at: operation.at,
        terminal_id: null,
        staff_id: operation.cashierId,
      },
      bodyLine: operation.bodyLine,
      prevHash: tipHash,
    });
    tipHash = entry.hash;
    hashes.push(entry.hash);
    return entry;
  });
  return { ...place(built), hashes, tipHash };
}

/** Lays the lines into one buffer, where the columns expect them. */
function place(built: readonly BuiltEntry[]): { entries: PlacedEntry[]; lines: Buffer } {
  const texts = built.flatMap((entry) => [entry.headerLine, entry.bodyLine]);
  const lines = Buffer.from([...texts, 'null', ''].join('\n'));
  let at = 0;
  const next = (text: string): Buffer => {
    const start = at;
    at += Buffer.byteLength(text) + 1;
    return lines.subarray(start, at - 1);
  };
  const entries = built.map(({ header, headerLine, bodyLine }) => ({
    header,
    headerLine: next(headerLine),
    bodyLine: next(bodyLine),
  }));
  return { entries, lines };
}
