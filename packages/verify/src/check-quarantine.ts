/** The checks of a row of the quarantine: the reason is one there is, and fits; so does what became of the entry. */
import type { Report } from './check.ts';
import { expectAll } from './check.ts';
import type { Header } from './journal.ts';
import type { DeviceRecord, HubEntryRecord, QuarantineRecord } from './records.ts';
import type { ReadContent } from './sale.ts';

/** How an entry stands to its operation. */
export type Standing = {
  isOwner: boolean;
  isBooked: boolean;
  /** What the entry says, and how that was judged at the store of its device; undefined when the body was erased. */
  content: ReadContent | undefined;
  judged: ReadContent | undefined;
  device: DeviceRecord | undefined;
};

const REASONS_OF_DEVICE = ['device_suspended', 'device_revoked'];
const REASONS_OF_CONTENT = [
  'unknown_version',
  'unknown_kind',
  'invalid_time',
  'invalid_body',
  'wrong_store',
  'unknown_currency',
  'amount_precision',
  'amount_out_of_range',
  'amounts_do_not_add_up',
];
const REUSED = 'op_id_reused';
const RESOLUTIONS: readonly (string | null)[] = [null, 'booked', 'dismissed', 'superseded'];

/** Checks one row against its entry. */
export function checkQuarantine(
  row: QuarantineRecord,
  at: { record: HubEntryRecord; header: Header; standing: Standing; report: Report },
): void {
  const { record, header, standing, report } = at;
  const of = { code: 'quarantine', row: 'waiting entry', because: 'that of its entry' } as const;
  expectAll(report, of, [
    ['op_id', row.op_id, header.op_id],
    ['received_at', row.received_at, record.received_at],
  ]);
  if ((row.resolution === null) !== (row.resolved_at === null))
    report({ code: 'quarantine', sentence: 'An entry that was decided says when, and no other one does.' });
  if (!RESOLUTIONS.includes(row.resolution)) {
    const sentence = 'The entry was decided in a way that does not exist.';
    report({ code: 'quarantine', sentence, found: String(row.resolution) });
  }
  const wrongReason = reasonFault(row, standing);
  if (wrongReason !== undefined) report({ code: 'quarantine', sentence: wrongReason, found: row.reason });
  const wrongEnd = endFault(row, standing);
  if (wrongEnd !== undefined)
    report({ code: 'quarantine', sentence: wrongEnd, found: row.resolution ?? 'it waits' });
}

function reasonFault({ reason }: QuarantineRecord, standing: Standing): string | undefined {
  const { judged, device } = standing;
  if (reason === REUSED) return undefined; // What it says of the operation is `endFault`'s.
  if (REASONS_OF_DEVICE.includes(reason)) {
    const isFalse = reason === 'device_revoked' && device !== undefined && device.state !== 'revoked';
    return isFalse ? 'The entry waits because its device was revoked, which it is not.' : undefined;
  }
  if (!REASONS_OF_CONTENT.includes(reason)) return 'The entry waits for a reason that does not exist.';
  if (judged === undefined) return undefined;
  const found = judged.kind === 'refused' ? judged.reason : 'none';
  return found === reason ? undefined : `The entry says something else than its reason: ${found}.`;
}

function endFault({ reason, resolution }: QuarantineRecord, standing: Standing): string | undefined {
  const { isOwner, isBooked } = standing;
  if (resolution === 'booked')
    return isBooked && reason !== REUSED ? undefined : 'The entry was decided to be booked, and is not.';
  if (isBooked) return 'The entry waits or was not to be booked, and is booked.';
  if (resolution === 'superseded')
    return !isOwner && reason !== REUSED
      ? undefined
      : 'The entry was superseded, and its operation still is its own.';
  if (reason === REUSED)
    return isOwner ? 'The entry waits as a reuse of a name, and the name is its own.' : undefined;
  return isOwner ? undefined : 'The entry waits, and its operation belongs to another one.';
}
