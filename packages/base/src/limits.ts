/**
 * Every bound of the system in one place, with what happens at it. Relations between them are asserted below.
 */
import { assert } from './assert.ts';

export const LIMITS = {
  /** A request to the edge's API; above it 413. */
  requestBytesMax: 262_144,
  /** Lines of one sale; above it 422. */
  saleItemsMax: 1_000,
  /** Tenders of one sale; above it 422. */
  saleTendersMax: 16,
  /** Quantity of one line; above it 422. */
  quantityMax: 1_000_000,
  /** Any amount of money, in minor units: 15 digits survive a JSON number exactly. Above it 422. */
  amountMinorMax: 999_999_999_999_999n,
  /** Rows of one page of any list; a larger limit is refused with 400. */
  pageRowsMax: 1_000,
  pageRowsDefault: 100,
  /** A page ends early, with a cursor, when the bodies on it exceed this. */
  pageBytesMax: 4_194_304,
  /** Sales that wait for the writer of an edge; above it 503 with Retry-After. */
  writerQueueMax: 8_192,
  /** Commands that share one commit, and their bytes. */
  groupCommitMax: 512,
  groupCommitBytesMax: 4_194_304,
  /** A batch of entries: first size, largest size (entries and bytes before compression). */
  batchEntriesFirst: 200,
  batchEntriesMax: 2_000,
  batchBytesFirst: 262_144,
  batchBytesMax: 1_048_576,
  /** A batch is compressed above this. */
  compressAboveBytes: 8_192,
  /** What the hub accepts as one batch after decompression: the largest batch and one largest entry. */
  batchRequestBytesMax: 2_097_152,
  /** Tolerated difference of the `created` of a signature without a server nonce. */
  signatureAgeMs: 300_000,
  /** How long a server nonce is good. */
  nonceAgeMs: 300_000,
  /** The drill ends by itself. */
  drillMs: 3_600_000,
  /** Wrong PINs in a row before a lock, and the first lock; each further one doubles it. */
  pinTries: 5,
  pinLockMs: 60_000,
  pinLockMaxMs: 3_600_000,
  pairingCodeMs: 600_000,
  claimTokenMs: 86_400_000,
  /** A staff session without use ends. */
  staffSessionMs: 43_200_000,
  /** Disk space the edge keeps for sales alone (a file it gives back when the disk is full), and the floor. */
  reserveBytes: 33_554_432,
  freeBytesMin: 8_388_608,
  /** The text of a workflow definition; a longer one is refused, with the place of the problem, as are those below. */
  workflowDefinitionBytesMax: 262_144,
  /** Steps of a definition, those of its branches and loops included. */
  workflowDefinitionStepsMax: 1_000,
  /** Branches of one step, and how many of them run at once. */
  workflowBranchesMax: 64,
  /** How deep branches and loops stand in each other. */
  workflowBlockDepthMax: 8,
  /** An expression of a workflow, and how deep its parts nest; above it the definition is refused. */
  expressionCharsMax: 1_024,
  expressionDepthMax: 64,
  /** Texts that an expression makes or searches with a pattern; above it the evaluation is a fault. */
  expressionTextCharsMax: 65_536,
  /** Nesting of JSON that a workflow keeps; above it the value is refused. */
  workflowJsonDepthMax: 64,
} as const;

assert(
  LIMITS.batchBytesMax + 2 * LIMITS.requestBytesMax <= LIMITS.batchRequestBytesMax,
  'a batch and its largest entry fit a request',
);
assert(LIMITS.batchEntriesFirst <= LIMITS.batchEntriesMax, 'batches start below their maximum');
assert(LIMITS.groupCommitMax <= LIMITS.writerQueueMax, 'a full group fits the queue');
assert(LIMITS.pageRowsDefault <= LIMITS.pageRowsMax, 'the default page is allowed');
assert(LIMITS.reserveBytes > LIMITS.freeBytesMin, 'giving the reserve back lifts the edge above its floor');
