/** Reads an export from its first to its last record, and says whether it is what devices have sealed. */
import { parseJson } from './bytes.ts';
import { type Check, createReceiptSearch, createSums, reporter } from './check.ts';
import { createEdgeCheck, type EdgeCheck } from './check-edge.ts';
import { createHubCheck, type HubCheck } from './check-hub.ts';
import { createIdentityCheck, type IdentityCheck } from './check-identity.ts';
import { type ArchiveCheck, createArchiveCheck } from './check-segment.ts';
import { createKeyBook } from './key-book.ts';
import { ExportRecord, type HeadRecord, type KeyRecord, type OrphanRecord } from './records.ts';
import { type Counts, createFindings, noCounts, shown, type VerifyReport } from './report.ts';

/** What the caller knows, and wants to know. */
export type VerifyOptions = {
  /** Key ids the caller knows from elsewhere: seals that hang on any other key are findings. */
  trust?: readonly string[];
  /** A receipt code to look for on the way. */
  receipt?: string;
  /** The key of the hub's MACs: with it, the heads of segments and the records beside them are checked as well. */
  macKey?: Uint8Array;
  /** Called now and then with what has been counted so far. */
  onProgress?: (counts: Readonly<Counts>) => void;
};

/** Records between two calls of `onProgress`. */
const PROGRESS_EVERY = 1_000;

/**
 * Verifies an export, given as lines or as records, in one pass: memory is bounded by 32 bytes an entry of the longest
 * stream and 32 bytes an operation. Never throws for what the export says; whatever is wrong is a finding.
 */
export async function verifyExport(
  records: AsyncIterable<string | ExportRecord>,
  options: VerifyOptions = {},
): Promise<VerifyReport> {
  const findings = createFindings();
  const check: Check = {
    findings,
    counts: noCounts(),
    keys: createKeyBook(findings, options.trust ?? []),
    sums: createSums(),
    receipts: createReceiptSearch(options.receipt),
    locations: new Map(),
    devices: new Map(),
    hasArchive: false,
    macKey: options.macKey,
    line: 0,
  };
  const reader = createReader(check);
  for await (const item of records) {
    check.line += 1;
    reader.take(item);
    if (check.line % PROGRESS_EVERY === 0) options.onProgress?.(check.counts);
  }
  return reader.end();
}

type Reader = { take(item: string | ExportRecord): void; end(): VerifyReport };

function createReader(check: Check): Reader {
  const edge = createEdgeCheck(check);
  const hub = createHubCheck(check);
  const archive = createArchiveCheck(check);
  const identity = createIdentityCheck(check);
  const state: { head: HeadRecord | undefined; isEnded: boolean } = { head: undefined, isEnded: false };
  const malformed = (sentence: string) => reporter(check, {})({ code: 'malformed', sentence });
  return {
    take(item) {
      const parsed = ExportRecord.safeParse(typeof item === 'string' ? parseJson(item) : item);
      if (!parsed.success) malformed(`The line is no record of an export: ${faultOf(parsed.error)}`);
      else if (state.isEnded) malformed('There are records after the end.');
      else takeRecord({ check, edge, hub, archive, identity, state, malformed }, parsed.data);
    },
    end() {
      edge.end();
      hub.end();
      identity.end();
      if (!state.isEnded)
        reporter(check, {})({ code: 'truncated', sentence: 'The export ends before its end.' });
      return reportOf(check, state.head);
    },
  };
}

type Parts = {
  check: Check;
  edge: EdgeCheck;
  hub: HubCheck;
  archive: ArchiveCheck;
  identity: IdentityCheck;
  state: { head: HeadRecord | undefined; isEnded: boolean };
  malformed: (sentence: string) => void;
};

function takeRecord(parts: Parts, record: ExportRecord): void {
  const { check, state, malformed } = parts;
  if ((check.line === 1) !== (record.record === 'export'))
    malformed('The first record, and no other one, is the head of an export.');
  if (record.record === 'export') {
    state.head ??= record;
    check.hasArchive = state.head.has_archive;
  } else if (record.record === 'end') {
    state.isEnded = true;
    if (record.records !== check.line - 1) malformed(`The end counts ${record.records} records.`);
  } else {
    check.counts.records += 1;
    takeContent(parts, record);
  }
}

function takeContent(
  { check, edge, hub, archive, identity, state }: Parts,
  record: Exclude<ExportRecord, { record: 'export' | 'end' }>,
): void {
  switch (record.record) {
    case 'tenant':
      check.keys.addTenant(record, check.line);
      identity.row(record);
      break;
    case 'location':
      check.locations.set(record.location_id, record);
      identity.row(record);
      break;
    case 'device':
      check.devices.set(record.device_id, record);
      identity.row(record);
      break;
    case 'key':
      takeKey(check, record);
      break;
    case 'edge_stream':
      edge.stream(record);
      break;
    case 'edge_entry':
      edge.entry(record);
      break;
    case 'pruned':
      edge.pruned(record);
      break;
    case 'hub_stream':
      hub.stream(record);
      break;
    case 'hub_entry':
      hub.entry(record);
      break;
    case 'segment':
      if (record.stream === null) archive.take(record);
      else hub.segment(record);
      break;
    case 'identity':
      identity.file(record, state.head?.source === 'archive');
      break;
    case 'orphan':
      takeOrphan(check, record);
      break;
  }
}

/** The key of a device stands with its device; that of an edge, which has no tenant, by itself. */
function takeKey(check: Check, record: KeyRecord): void {
  const { device_id } = record;
  const tenantId = device_id === null ? null : (check.devices.get(device_id)?.tenant_id ?? 'no device');
  if (tenantId !== record.tenant_id)
    reporter(
      check,
      {},
    )({
      code: 'key',
      sentence: 'The key is not that of a device of its tenant.',
      found: record.key_id,
    });
  check.keys.add(record, check.line);
}

function takeOrphan(check: Check, record: OrphanRecord): void {
  const sentence = `A row of ${record.table} belongs to nothing.`;
  reporter(check, {})({ code: 'orphan', sentence, found: JSON.stringify(record.row).slice(0, 200) });
}

function reportOf(check: Check, head: HeadRecord | undefined): VerifyReport {
  const trust = check.keys.judge(check.line);
  const findings = check.findings.list();
  return {
    ok: findings.length === 0,
    source: head?.source ?? null,
    made_at: head === undefined ? null : shown(head.made_at),
    counts: check.counts,
    findings,
    findings_total: check.findings.total(),
    first_wrong: findings[0] ?? null,
    sums: check.sums.list(),
    trust,
    receipt: check.receipts.result(),
  };
}

function faultOf(error: { issues: readonly { path: PropertyKey[]; message: string }[] }): string {
  const [issue] = error.issues;
  return issue === undefined ? 'not JSON' : `${issue.path.join('.')} ${issue.message}`.trim();
}
