/**
 * Sends one chained lane: one batch in flight, the next one being cut meanwhile, and every answer of the hub carried
 * out. Nothing leaves the queue but by an ack; whatever happens, the same entries or the same operations are sent again.
 */
import { AppError, LIMITS, type Ports, toHex } from '@holdfast/base';
import { type HubForDevice, LinkError } from '@holdfast/client';
import type { SigningKey } from '@holdfast/crypto';
import { type BatchAnswer, LANES, type Lane } from '@holdfast/protocol';
import type { Logger } from '@holdfast/runtime';
import { readHash } from '../store/entries.ts';
import { isIdentityShared } from '../store/meta.ts';
import type { Db } from '../store/open.ts';
import { openStream, type StreamRow } from '../store/streams.ts';
import type { Writer } from '../writer/writer.ts';
import { type Compress, type CutBatch, compress, cutBatch, type Size } from './batch-cutter.ts';

/** How batches are cut and packed. */
export type Sending = { firstSize: Size; maxSize: Size; compress: Compress };

export type LaneSenderOptions = {
  lane: Lane;
  db: Db;
  writer: Writer;
  hub: () => HubForDevice;
  /** The device's key; another one after a rotation. */
  key: () => SigningKey;
  boot: string;
  ports: Ports;
  logger: Logger;
  /** As the protocol wants it unless given. */
  sending?: Sending | undefined;
};

/** What a drain did; `waitMs` is how long the hub wants to be left alone. */
export type Drained = { pushed: number; quarantined: number; waitMs: number };

export type LaneSender = {
  readonly lane: Lane;
  /** Sends until nothing waits. Rejects with a LinkError or AppError; what was acked until then stays acked. */
  drain(signal: AbortSignal): Promise<Drained>;
  /** True when the hub wants a person to act before it takes more. */
  readonly paused: boolean;
  /** After enrolment: try again. */
  resume(): void;
  /** The hub lacks what it had acked: send the open stream again from here on. */
  resendFrom(stream: StreamRow, seq: number): void;
  /** True when there is something to send although nothing waits. */
  readonly wantsResend: boolean;
};

const SENDING: Sending = {
  firstSize: { entries: LIMITS.batchEntriesFirst, bytes: LIMITS.batchBytesFirst },
  maxSize: { entries: LIMITS.batchEntriesMax, bytes: LIMITS.batchBytesMax },
  compress,
};

const ATTENTION = {
  clone:
    'Another device shows the identity of this one. Sales go on; enrol this device again: holdfast enroll.',
  invalid:
    'The hub found this journal damaged. Sales go on under a new one; compare both sides with holdfast reconcile.',
} as const;

/** Answers `invalid` in a row after which the lane waits for a person. */
const INVALID_MAX = 2;

/** Answers in a row that ask to send again, and a pause after them: a hub that never takes anything is not hurried. */
const AGAIN_MAX = 4;
const AGAIN_WAIT_MS = 10_000;

export function createLaneSender(options: LaneSenderOptions): LaneSender {
  return new Sender(options);
}

class Sender implements LaneSender {
  readonly lane: Lane;
  readonly #options: LaneSenderOptions;
  readonly #sending: Sending;
  #size: Size;
  /** Where the hub wants the next batch to begin, when that is not after the last ack. */
  #resend: { streamNo: number; seq: number } | undefined;
  #invalidInARow = 0;
  #paused = false;
  /** The ack being recorded. The hub has it committed, so the next batch may go meanwhile; a crash only resends. */
  #recording: Promise<void> = Promise.resolve();

  constructor(options: LaneSenderOptions) {
    this.lane = options.lane;
    this.#options = options;
    this.#sending = options.sending ?? SENDING;
    this.#size = { ...this.#sending.firstSize };
  }

  get paused(): boolean {
    return this.#paused || isIdentityShared(this.#options.db);
  }

  resume(): void {
    this.#paused = false;
    this.#invalidInARow = 0;
  }

  resendFrom(stream: StreamRow, seq: number): void {
    this.#resend = { streamNo: stream.stream_no, seq };
  }

  get wantsResend(): boolean {
    return this.#resendFrom(openStream(this.#options.db, this.lane)) !== undefined;
  }

  async drain(signal: AbortSignal): Promise<Drained> {
    const done: Drained = { pushed: 0, quarantined: 0, waitMs: 0 };
    this.#recording = Promise.resolve();
    try {
      await this.#sendAll(signal, done);
    } finally {
      await this.#recording;
    }
    return done;
  }

  async #sendAll(signal: AbortSignal, done: Drained): Promise<void> {
    let ahead: Promise<CutBatch | undefined> | undefined;
    let againInARow = 0;
    while (!signal.aborted && !this.paused) {
      if (!ahead) await this.#leavePruned();
      const batch: CutBatch | undefined = await (ahead ?? this.#cut());
      ahead = undefined;
      if (!batch) return;
      const answer = this.#send(batch, signal);
      // The next batch is read and compressed while the hub commits this one; the request is written first, which takes
      // a turn of the event loop.
      ahead = this.#options.ports.timers
        .sleep(0)
        .then(() => this.#cut({ stream: batch.stream, after: batch }));
      ahead.catch(() => undefined); // Whoever awaits it below sees the error; a batch cut in vain has none.
      const outcome = await this.#carryOut(batch, await answer, done);
      againInARow = outcome === 'again' ? againInARow + 1 : 0;
      if (outcome === 'again') ahead = undefined;
      if (againInARow >= AGAIN_MAX) done.waitMs = AGAIN_WAIT_MS;
      if (outcome === 'wait' || againInARow >= AGAIN_MAX) return;
    }
  }

  async #cut(next?: { stream: StreamRow; after: CutBatch }): Promise<CutBatch | undefined> {
    const { db, lane, boot } = this.#options;
    const stream = openStream(db, lane);
    const moved = next !== undefined && next.stream.stream_no !== stream.stream_no;
    const firstSeq =
      next && !moved ? next.after.lastSeq + 1 : (this.#resendFrom(stream) ?? stream.acked_seq + 1);
    const cutting = { size: this.#size, boot, key: this.#options.key(), compress: this.#sending.compress };
    return await cutBatch(db, { stream, firstSeq, ...cutting });
  }

  async #send(batch: CutBatch, signal: AbortSignal): Promise<BatchAnswer> {
    try {
      return await this.#options.hub().sendBatch({
        path: LANES[this.lane].path,
        body: batch.body,
        gzip: batch.gzip,
        signal,
      });
    } catch (error) {
      // A line that is cut says nothing about the size; too slow or refused as too large does.
      const isTooMuch = error instanceof LinkError ? error.reason === 'timeout' : error instanceof AppError;
      if (isTooMuch) this.#shrink();
      throw error;
    }
  }

  async #carryOut(batch: CutBatch, answer: BatchAnswer, done: Drained): Promise<'next' | 'again' | 'wait'> {
    const { writer, logger } = this.#options;
    if (answer.answer !== 'acked')
      logger.warn({ lane: this.lane, ...answer }, 'the hub did not take a batch');
    switch (answer.answer) {
      case 'acked':
        return await this.#acked(batch, answer, done);
      case 'gap':
        return await this.#gap(batch, answer.expected);
      case 'fork':
        return await this.#rewrap({
          why: 'fork',
          from: { stream_no: batch.stream.stream_no, seq: Math.max(1, answer.at_seq) },
        });
      case 'clone':
        return await this.#rewrap({ why: 'clone', attention: ATTENTION.clone });
      case 'invalid':
        this.#invalidInARow += 1;
        this.#paused = this.#invalidInARow >= INVALID_MAX;
        return await this.#rewrap({ why: 'invalid', attention: ATTENTION.invalid });
      case 'hub_changed':
        this.#resend = undefined;
        await writer.submit({
          type: 'hub_changed',
          stream_no: batch.stream.stream_no,
          generation: answer.generation,
          acked_seq: answer.acked_seq,
          head_hash: answer.head_hash,
        });
        return 'again';
      case 'busy':
        this.#size = {
          entries: Math.max(1, Math.min(this.#size.entries, answer.max_batch)),
          bytes: this.#size.bytes,
        };
        done.waitMs = answer.retry_after_ms;
        return 'wait';
    }
  }

  async #acked(
    batch: CutBatch,
    answer: Extract<BatchAnswer, { answer: 'acked' }>,
    done: Drained,
  ): Promise<'next' | 'again'> {
    const { ack } = answer;
    const { stream } = batch;
    if (
      ack.incarnation !== stream.incarnation ||
      ack.lane !== stream.lane ||
      ack.device_id !== stream.device_id
    )
      throw new LinkError('hub_error', 'The ack is for another stream');
    const ours =
      ack.acked_seq === batch.lastSeq
        ? batch.lastHash
        : readHash(this.#options.db, { streamNo: stream.stream_no, seq: ack.acked_seq });
    if (!ours || toHex(ours) !== ack.head_hash) {
      // The hub holds what this store does not: this disk was restored from a copy.
      return await this.#rewrap({
        why: 'restored',
        from: { stream_no: stream.stream_no, seq: stream.acked_seq + 1 },
      });
    }
    this.#invalidInARow = 0;
    this.#resend = undefined;
    await this.#recording;
    this.#recording = this.#record(batch, answer, done);
    this.#recording.catch(() => undefined); // Thrown where it is awaited: before the next ack, or at the end.
    this.#grow();
    if (ack.acked_seq === batch.lastSeq) return 'next';
    await this.#recording;
    return 'again';
  }

  async #record(
    batch: CutBatch,
    answer: Extract<BatchAnswer, { answer: 'acked' }>,
    done: Drained,
  ): Promise<void> {
    const { acked } = await this.#options.writer.submit({
      type: 'ack',
      stream_no: batch.stream.stream_no,
      ack: answer.ack,
      quarantined: answer.quarantined.map(({ seq }) => seq),
    });
    done.pushed += acked;
    done.quarantined += answer.quarantined.length;
  }

  async #gap(batch: CutBatch, expected: number): Promise<'again'> {
    if (expected > batch.firstSeq) {
      // The hub expects what this store never had: this disk was restored from a copy.
      return await this.#rewrap({ why: 'restored' });
    }
    this.resendFrom(batch.stream, expected);
    return 'again';
  }

  /** The hub wants what was pruned here: it lost what it had called safe. What is still here goes in a new stream. */
  async #leavePruned(): Promise<void> {
    const stream = openStream(this.#options.db, this.lane);
    const from = this.#resendFrom(stream);
    if (from === undefined || from > stream.pruned_seq) return;
    await this.#rewrap({ why: 'hub_lost', from: { stream_no: stream.stream_no, seq: from } });
  }

  async #rewrap(how: {
    why: 'restored' | 'fork' | 'clone' | 'invalid' | 'hub_lost';
    from?: { stream_no: number; seq: number };
    attention?: string;
  }): Promise<'again'> {
    this.#resend = undefined;
    const result = await this.#options.writer.submit({ type: 'rewrap', ...how });
    this.#options.logger.warn({ ...how, ...result }, 'this edge goes on under a new incarnation');
    return 'again';
  }

  /** Where the hub wants the stream again; a wish about a stream that has been closed since says nothing of this one. */
  #resendFrom(stream: StreamRow): number | undefined {
    return this.#resend?.streamNo === stream.stream_no ? this.#resend.seq : undefined;
  }

  #grow(): void {
    const { maxSize } = this.#sending;
    this.#size = {
      entries: Math.min(maxSize.entries, this.#size.entries * 2),
      bytes: Math.min(maxSize.bytes, this.#size.bytes * 2),
    };
  }

  #shrink(): void {
    this.#size = {
      entries: Math.max(1, this.#size.entries >> 1),
      bytes: Math.max(16_384, this.#size.bytes >> 1),
    };
  }
}
