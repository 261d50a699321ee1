/** Counter scales on a serial port that speak the protocol 8217, set to kilograms. */
import type { Timers } from '@holdfast/base';
import type { Scale } from '../ports/small-devices.ts';
import { SerialDevice, type SerialDeviceOptions } from './serial-device.ts';
import type { SerialSettings } from './serial-link.ts';
import { ASK_TARE, ASK_WEIGHT, type ToledoAnswer, ToledoAnswers } from './toledo-8217.ts';

export type SerialScaleOptions = Omit<SerialDeviceOptions, 'port'> & {
  /** Settings that are not said are those that scales come with: 9600 baud, 7 bits, even parity. */
  port: Pick<SerialSettings, 'path'> & Partial<SerialSettings>;
  timers: Timers;
  /** How long an answer may take: some scales wait for a weight that stands still before they answer. */
  answerMs?: number;
  /** Between two commands; scales of this protocol want 200 ms. */
  betweenMs?: number;
};

const SETTINGS = { baudRate: 9_600, dataBits: 7, parity: 'even', stopBits: 1 } as const;
const ANSWER_MS = 3_000;
const BETWEEN_MS = 200;
/** Unanswered questions in a row after which the scale is gone. */
const SILENCES_MAX = 2;
const SILENT = 'The scale does not answer: switch it on, and set it to the protocol 8217.';

/** Opens the port at the first question. */
export function createSerialScale(options: SerialScaleOptions): Scale {
  const scale = new ScaleOnLine(options);
  return {
    kind: 'scale',
    weigh: ({ signal }) => scale.weigh(signal),
    tare: () => scale.tare(),
    status: () => scale.status(),
    close: async () => scale.close(),
  };
}

type Asked = ToledoAnswer | { kind: 'gone'; message: string };

class ScaleOnLine {
  readonly #timers: Timers;
  readonly #answerMs: number;
  readonly #betweenMs: number;
  readonly #device: SerialDevice;
  #onAnswer: ((answer: ToledoAnswer) => void) | undefined;
  /** One question at a time. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor({ timers, answerMs, betweenMs, port, ...device }: SerialScaleOptions) {
    this.#timers = timers;
    this.#answerMs = answerMs ?? ANSWER_MS;
    this.#betweenMs = betweenMs ?? BETWEEN_MS;
    this.#device = new SerialDevice({ ...device, port: { ...SETTINGS, ...port } }, (link) => {
      const answers = new ToledoAnswers();
      link.onBytes((bytes) => {
        for (const answer of answers.take(bytes)) this.#onAnswer?.(answer);
      });
    });
  }

  async weigh(signal: AbortSignal): ReturnType<Scale['weigh']> {
    for (;;) {
      if (signal.aborted)
        return { kind: 'failed', code: 'aborted', message: 'Nobody waited for the weight any more.' };
      const answer = await this.#ask(ASK_WEIGHT);
      if (answer.kind === 'gone') return { kind: 'failed', code: 'scale_gone', message: answer.message };
      if (answer.kind === 'weight') return { kind: 'done', grams: answer.grams, isTared: answer.isNet };
      if (answer.reason === 'overloaded')
        return {
          kind: 'failed',
          code: 'overloaded',
          message: 'It is too heavy for this scale: take some off.',
        };
      if (answer.reason === 'below_zero')
        return {
          kind: 'failed',
          code: 'below_zero',
          message: 'Put the container back on the scale, or clear its tare.',
        };
    }
  }

  /** A scale says nothing to a tare; the weight after it tells. */
  async tare(): ReturnType<Scale['tare']> {
    const before = await this.#ask(ASK_WEIGHT);
    if (before.kind === 'gone') return { kind: 'failed', code: 'scale_gone', message: before.message };
    if (before.kind === 'no_weight' && before.reason === 'in_motion')
      return { kind: 'failed', code: 'in_motion', message: 'Wait until the scale stands still.' };
    const sent = await this.#inTurn(async () => {
      const opened = await this.#device.link();
      return opened.kind === 'open' ? await opened.link.write(Uint8Array.of(ASK_TARE)) : 'lost';
    });
    if (sent === 'lost') return { kind: 'failed', code: 'scale_gone', message: SILENT };
    const after = await this.#ask(ASK_WEIGHT);
    if (after.kind === 'gone') return { kind: 'unknown', message: 'Look whether the scale shows zero.' };
    const isZero = after.kind === 'weight' && after.grams === 0;
    return isZero ? { kind: 'done' } : { kind: 'unknown', message: 'Look whether the scale shows zero.' };
  }

  async status(): ReturnType<Scale['status']> {
    const answer = await this.#ask(ASK_WEIGHT);
    const status = { kind: 'scale', name: this.#device.name, facts: {} } as const;
    if (answer.kind === 'gone') return { ...status, state: 'gone', attention: answer.message };
    if (answer.kind === 'no_weight' && answer.reason === 'not_zeroed')
      return { ...status, state: 'attention', attention: 'Empty the scale and set it to zero.' };
    return { ...status, state: 'ready', attention: null };
  }

  close(): void {
    this.#device.close();
  }

  async #ask(command: number): Promise<Asked> {
    for (let silences = 0; silences < SILENCES_MAX; silences += 1) {
      const answer = await this.#inTurn(() => this.#askOnce(command));
      if (answer !== undefined) return answer;
    }
    return { kind: 'gone', message: SILENT };
  }

  /** One command at a time, and the next one a while later; nobody waits for that while. */
  async #inTurn<T>(command: () => Promise<T>): Promise<T> {
    const before = this.#turn;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#turn = promise;
    await before;
    try {
      return await command();
    } finally {
      void this.#timers.sleep(this.#betweenMs).then(resolve);
    }
  }

  async #askOnce(command: number): Promise<Asked | undefined> {
    const opened = await this.#device.link();
    if (opened.kind === 'failed') return { kind: 'gone', message: opened.message };
    const heard = Promise.withResolvers<ToledoAnswer | undefined>();
    this.#onAnswer = heard.resolve;
    const cancel = this.#timers.after(this.#answerMs, () => heard.resolve(undefined));
    const sent = await opened.link.write(Uint8Array.of(command));
    if (sent === 'lost') heard.resolve(undefined);
    const answer = await heard.promise;
    cancel();
    this.#onAnswer = undefined;
    return answer;
  }
}
