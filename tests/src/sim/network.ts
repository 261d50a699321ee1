/**
 * The network between edges and hub: each request and each answer is an event of its own, late, lost, doubled, cut short
 * or replaced as the plan has it. It never invents a request, and never an answer that a hub could have given.
 */
import { LinkError, type TransportRequest, type TransportResponse } from '@holdfast/client';
import type { Seeded } from '../support/seeded.ts';
import { type Life, unlessKilled } from './life.ts';
import type { Plan } from './plan.ts';
import type { Scheduler } from './scheduler.ts';
import type { Observer } from './sometimes.ts';
import type { Trace } from './trace.ts';

/** An answer as it is on the wire. */
export type WireAnswer = { status: number; headers: ReadonlyMap<string, string>; body: Buffer };

/** Whatever stands at the other end: its answer, or that nobody listens, or that it never answers. */
export type Server = { handle(request: TransportRequest): Promise<WireAnswer | 'refused' | 'silent'> };

/** `requests` and `answers`: only what travels in that direction arrives. */
export type LinkState = 'up' | 'cut' | 'requests' | 'answers';

export type Sender = { name: string; life: Life; link(): LinkState };

type Options = {
  scheduler: Scheduler;
  random: Seeded;
  plan: Plan;
  observer: Observer;
  trace: Trace;
  server: Server;
  /** False once the faults have stopped. */
  isFaulty: () => boolean;
};

/** Of a request in flight: how it ends for the sender. */
type Flight = {
  request: TransportRequest;
  sender: Sender;
  answer(response: WireAnswer): void;
  fail(reason: 'timeout' | 'refused' | 'unreachable', afterMs?: number): void;
};

const NONSENSE: readonly WireAnswer[] = [
  wire(200, 'text/html', '<html><body>Welcome to Hotel WiFi</body></html>'),
  wire(200, 'application/json', '{}'),
  wire(200, 'application/json', ''),
  wire(502, 'text/html', '<h1>Bad gateway</h1>'),
  wire(503, 'application/problem+json', '{"title":"nobody'),
];

/** Answers up to here are shown in a trace as they are. */
const SHOWN_BYTES = 600;

export type Network = { send(sender: Sender, request: TransportRequest): Promise<TransportResponse> };

export function createNetwork(options: Options): Network {
  return {
    send: (sender, request) =>
      new Promise((resolve, reject) => {
        const flight = takeOff({ sender, request, resolve, reject });
        depart(options, flight);
      }),
  };
}

function takeOff(call: {
  sender: Sender;
  request: TransportRequest;
  resolve: (response: TransportResponse) => void;
  reject: (error: LinkError) => void;
}): Flight {
  const { sender, request, resolve, reject } = call;
  const { timers } = sender.life.ports;
  let isOver = false;
  const end = (how: () => void) => {
    if (isOver || sender.life.isOver) return;
    isOver = true;
    cancel();
    request.signal?.removeEventListener('abort', onAbort);
    how();
  };
  const failNow = (reason: 'timeout' | 'refused' | 'unreachable') =>
    end(() => reject(new LinkError(reason, `The network is simulated: ${reason}`)));
  const onAbort = () => failNow('unreachable');
  const cancel = timers.after(request.timeoutMs, () => failNow('timeout'));
  request.signal?.addEventListener('abort', onAbort);
  return {
    sender,
    request,
    answer: ({ status, headers, body }) =>
      end(() => resolve({ status, header: (name) => headers.get(name.toLowerCase()), body })),
    fail: (reason, afterMs = 5) => timers.after(afterMs, () => failNow(reason)),
  };
}

function depart(options: Options, flight: Flight): void {
  const { random, plan, observer, isFaulty } = options;
  const link = flight.sender.link();
  const strikes = (rate: number) => isFaulty() && random.chance(rate);
  if (link === 'cut') {
    observer.saw('network: cut');
    // A line that is cut is noticed at once, or not at all.
    if (random.chance(0.5)) flight.fail('unreachable', random.int(1, 300));
    return;
  }
  if (link === 'answers') {
    observer.saw('network: one way');
    return;
  }
  if (strikes(0.3 * plan.rates.lose)) {
    observer.saw('network: request lost');
    return;
  }
  deliver(options, flight, delay(options));
  if (!strikes(0.3 * plan.rates.duplicate)) return;
  observer.saw('network: request delivered twice');
  // The copy's answer finds nobody: the first one was heard, or given up.
  const deaf = { ...flight, answer: () => undefined, fail: () => undefined };
  deliver(options, deaf, delay(options) + (random.chance(0.3) ? random.int(1_000, 250_000) : 0));
}

function delay({ random, plan, observer, isFaulty }: Options): number {
  if (isFaulty() && random.chance(0.25 * plan.rates.delay)) {
    observer.saw('network: request late');
    return random.int(300, 45_000);
  }
  return 1 + 40 * random.unit();
}

function deliver(options: Options, flight: Flight, delayMs: number): void {
  const { scheduler, trace, server } = options;
  const { request, sender } = flight;
  const what = `${request.method} ${new URL(request.url).pathname}`;
  scheduler.after(delayMs, { kind: `arrives ${what}`, node: sender.name }, async () => {
    trace.note(scheduler.nowMs, 'request', JSON.stringify([request.url, request.headers]));
    trace.note(scheduler.nowMs, 'body', request.body ?? '');
    const answer = await server.handle(request);
    if (answer === 'silent') return;
    if (answer === 'refused') {
      flight.fail('refused');
      return;
    }
    const text = answer.body.length < SHOWN_BYTES ? ` ${answer.body.toString()}` : '';
    trace.note(scheduler.nowMs, `answer ${answer.status} to ${sender.name}${text}`, answer.body);
    comeBack(options, flight, answer);
  });
}

function comeBack(options: Options, flight: Flight, answer: WireAnswer): void {
  const { scheduler, random, plan, observer, isFaulty } = options;
  const strikes = (rate: number) => isFaulty() && random.chance(rate);
  const { link, name } = flight.sender;
  if (link() === 'cut' || link() === 'requests') {
    observer.saw('network: one way');
    return;
  }
  if (strikes(0.3 * plan.rates.lose)) {
    observer.saw('network: answer lost');
    return;
  }
  const delayMs = delay(options);
  scheduler.after(delayMs, { kind: 'comes back', node: name }, () =>
    unlessKilled(() => {
      if (strikes(0.15 * plan.rates.nonsense)) {
        observer.saw('network: answer of nonsense');
        flight.answer(random.pick(NONSENSE));
      } else if (strikes(0.2 * plan.rates.truncate)) {
        observer.saw('network: answer truncated');
        const cut = answer.body.subarray(0, random.int(0, Math.max(0, answer.body.length - 1)));
        if (random.chance(0.5)) flight.answer({ ...answer, body: cut });
        else flight.fail('unreachable', 0);
      } else flight.answer(answer);
    }),
  );
}

function wire(status: number, type: string, text: string): WireAnswer {
  return { status, headers: new Map([['content-type', type]]), body: Buffer.from(text) };
}
