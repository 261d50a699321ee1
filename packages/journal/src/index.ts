export {
  type Batch,
  type BatchVerdict,
  buildBatch,
  type ParsedBatch,
  parseBatch,
  verifyBatch,
  type WireEntry,
} from './batch.ts';
export {
  type BuiltEntry,
  bodyHash,
  buildBodyLine,
  buildEntry,
  entryHash,
  GENESIS,
  receiptCode,
  SALT_BYTES,
} from './entry.ts';
export { buildSeal, type SealVerdict, verifySeal } from './seal.ts';
