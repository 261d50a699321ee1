export { normaliseReceiptCode } from './check.ts';
export { linesOf, toLines } from './lines.ts';
export {
  type BookingRecord,
  type DeviceRecord,
  type EdgeEntryRecord,
  type EdgeStreamRecord,
  EXPORT_VERSION,
  ExportRecord,
  type ExportSource,
  type HubEntryRecord,
  type HubStreamRecord,
  type IdentityFileRecord,
  type KeyRecord,
  type LocationRecord,
  type OpRecord,
  type PostingRecord,
  type QuarantineRecord,
  type SealRecord,
  type SegmentRecord,
  type TenantRecord,
  type TransactionRecord,
} from './records.ts';
export type { Counts, Finding, FindingCode, ReceiptMatch, Sum, VerifyReport, Where } from './report.ts';
export { type ContentReason, type ReadContent, readContent } from './sale.ts';
export { type VerifyOptions, verifyExport } from './verify-export.ts';
