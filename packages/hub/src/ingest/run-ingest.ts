/** The call of `ingest_batch`: all that PostgreSQL does for a batch, in one round trip. */
import { must } from '@holdfast/base';
import type { PoolClient } from 'pg';
import { type BatchColumns, TEXT_NULL, TEXT_SEPARATOR } from './batch-columns.ts';

/** Names a stream. */
export type StreamKey = {
  tenant_id: string;
  location_id: string;
  device_id: string;
  incarnation: string;
  lane: string;
};

/** Everything `ingest_batch` is told besides the entries. */
export type IngestCall = {
  stream: StreamKey;
  /** Who asks for the lease, and of which start; null when it is not asked for. */
  boot: { id: string; no: number } | null;
  receivedAt: Date;
  /** How long to wait for another batch of the stream. */
  lockWaitMs: number;
  firstSeq: number;
  prevHash: Buffer;
  /** The ack the device presents; `isOurs` when its MAC is valid and it speaks of this stream. */
  presented: { generation: string; ackedSeq: number; headHash: Buffer; isOurs: boolean } | null;
  /** The generation to mint, should the presented ack prove that the database was restored. */
  freshGeneration: string;
  /** What the device says it holds; null when nobody says anything. */
  report: { tipSeq: number; tipHash: Buffer; oldestUnackedAtMs: number | null } | null;
  seal: { statement: string; signature: Buffer } | null;
};

/** What it answers. `acked_seq`, `head_hash` and `safe_seq` are those of the stream afterwards. */
export type IngestRow = {
  answer: 'acked' | 'gap' | 'fork' | 'clone' | 'hub_changed';
  acked_seq: bigint;
  head_hash: Buffer;
  safe_seq: bigint;
  generation: string;
  at_seq: bigint | null;
  at_hash: Buffer | null;
  appended: number;
  quarantined: { seq: number; op_id: string; reason: string }[] | null;
};

const TEXTS = new Set([28, 29, 30, 31, 32, 34, 38, 39]);
const PARAMETERS = Array.from({ length: 40 }, (_, index) => {
  const parameter = `$${index + 1}`;
  return TEXTS.has(index + 1)
    ? `string_to_array(${parameter}, E'\\x${hexOf(TEXT_SEPARATOR)}', E'\\x${hexOf(TEXT_NULL)}')`
    : parameter;
}).join(', ');
const STATEMENT = { name: 'ingest_batch', text: `SELECT * FROM ingest_batch(${PARAMETERS})` };

/** Takes the entries in within the transaction of `client`; commit it whatever the answer is. */
export async function runIngest(
  client: PoolClient,
  call: IngestCall,
  columns: BatchColumns,
): Promise<IngestRow> {
  const { stream, presented, report, seal } = call;
  const isOurs = presented?.isOurs ?? false;
  const { rows } = await client.query<IngestRow>({
    ...STATEMENT,
    values: [
      stream.tenant_id,
      stream.location_id,
      stream.device_id,
      stream.incarnation,
      stream.lane,
      call.boot?.id ?? null,
      call.boot?.no ?? null,
      call.receivedAt,
      `${call.lockWaitMs}ms`,
      call.firstSeq,
      call.prevHash,
      presented?.generation ?? null,
      isOurs ? presented?.ackedSeq : null,
      isOurs ? presented?.headHash : null,
      call.freshGeneration,
      report?.tipSeq ?? null,
      report?.tipHash ?? null,
      report?.oldestUnackedAtMs ?? null,
      seal?.statement ?? null,
      seal?.signature ?? null,
      ...valuesOf(columns),
    ],
  });
  return must(rows[0], 'a function answers with a row');
}

function valuesOf(columns: BatchColumns): (string | Buffer)[] {
  return [
    columns.data,
    columns.headerAt,
    columns.headerLength,
    columns.bodyLength,
    columns.hashes,
    columns.bodyHashes,
    columns.ops,
    columns.kinds,
    columns.reasons,
    columns.cashiers,
    columns.customers,
    columns.currencies,
    columns.amounts,
    columns.receipts,
    columns.createdAtMs,
    columns.postingOf,
    columns.postingLine,
    columns.postingAccount,
    columns.postingCurrency,
    columns.postingAmount,
  ];
}

function hexOf(character: string): string {
  return character.charCodeAt(0).toString(16).padStart(2, '0');
}
