/**
 * Stands between an edge and a hub on real sockets, takes whole requests, and lets each meet the fault that the plan
 * names. It speaks as little HTTP as it needs to find where a message ends.
 */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { must, systemTimers } from '@holdfast/base';
import type { Ending, Fault } from './faults.ts';
import { PASS } from './faults.ts';
import { frame } from './http-framing.ts';

/** A request as it came, and what kind it is. */
export type SeenRequest = { method: string; path: string; bytes: Buffer };

export type FaultProxy = {
  readonly url: string;
  /** Host and port, as a signature covers it. */
  readonly authority: string;
  /** Open connections of edges. */
  readonly connections: number;
  /** Method and path, without a query, of everything that was asked. */
  readonly asked: ReadonlySet<string>;
  /** Whole answers of the hub that reached an edge unchanged, by path. */
  delivered(path: string): number;
  /** Where requests go. */
  setTarget(port: number): void;
  /** What each request from now on meets; without a plan it passes. */
  setPlan(plan?: (request: SeenRequest) => Fault): void;
  /** A deaf proxy takes connections and answers nothing; once it hears again it carries out what still waits. */
  setDeaf(deaf: boolean): void;
  /** Ends every connection, then the listener. */
  close(): Promise<void>;
};

type State = {
  port: number;
  plan: (request: SeenRequest) => Fault;
  clients: Set<Socket>;
  /** Requests that are kept until the next one of their path was answered. */
  late: Map<string, Buffer>;
  delivered: Map<string, number>;
  asked: Set<string>;
  hearing: { deaf: boolean; again: AbortController };
};

/** A proxy on a free port of this machine. */
export async function startFaultProxy(): Promise<FaultProxy> {
  const state: State = {
    port: 0,
    plan: () => PASS,
    clients: new Set(),
    late: new Map(),
    delivered: new Map(),
    asked: new Set(),
    hearing: { deaf: false, again: new AbortController() },
  };
  const server = createServer((client) => serve(state, client));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = must(server.address(), 'a listening server has an address') as AddressInfo; // Not a pipe.
  return {
    url: `http://127.0.0.1:${port}`,
    authority: `127.0.0.1:${port}`,
    get connections() {
      return state.clients.size;
    },
    asked: state.asked,
    delivered: (path) => state.delivered.get(path) ?? 0,
    setTarget: (target) => {
      state.port = target;
    },
    setPlan: (plan = () => PASS) => {
      state.plan = plan;
    },
    setDeaf(deaf) {
      state.hearing.again.abort();
      state.hearing = { deaf, again: new AbortController() };
    },
    async close() {
      state.hearing.again.abort();
      for (const client of state.clients) client.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Carries out the requests of one connection, one after the other. */
function serve(state: State, client: Socket): void {
  let unread: Buffer = Buffer.alloc(0);
  let isBusy = false;
  state.clients.add(client);
  client.setNoDelay(true);
  client.on('close', () => state.clients.delete(client));
  client.on('error', () => client.destroy());
  const goOn = async () => {
    while (!isBusy && !client.destroyed) {
      const framed = frame(unread);
      if (!framed) return;
      const bytes = unread.subarray(0, framed.length);
      unread = unread.subarray(framed.length);
      isBusy = true;
      isBusy = !(await carryOut(state, client, { ...readStart(framed.head), bytes }));
    }
  };
  client.on('data', (chunk: Buffer) => {
    unread = Buffer.concat([unread, chunk]);
    // Whatever breaks between here and the hub breaks the edge's connection, as on any line.
    goOn().catch(() => client.destroy());
  });
}

function readStart(head: string): { method: string; path: string } {
  const [method = '', target = ''] = head.split(' ', 2);
  return { method, path: target.split('?')[0] ?? '' };
}

/** True when the connection is good for another request. */
async function carryOut(state: State, client: Socket, request: SeenRequest): Promise<boolean> {
  state.asked.add(`${request.method} ${request.path}`);
  if (state.hearing.deaf) await once(state.hearing.again.signal, 'abort');
  if (client.destroyed) return false;
  const fault = state.plan(request);
  const goesOn = await meet(state, { client, request, fault });
  const late = state.late.get(request.path);
  if (late !== undefined && fault.kind !== 'late') {
    state.late.delete(request.path);
    await exchange(state.port, late);
  }
  return goesOn;
}

type Meeting = { client: Socket; request: SeenRequest; fault: Fault };

async function meet(state: State, { client, request, fault }: Meeting): Promise<boolean> {
  const { bytes, path } = request;
  switch (fault.kind) {
    case 'pass':
      return deliver(state, { client, path, answer: await exchange(state.port, bytes) });
    case 'delay': {
      await systemTimers.sleep(fault.requestMs);
      const answer = await exchange(state.port, bytes);
      await systemTimers.sleep(fault.answerMs);
      return deliver(state, { client, path, answer });
    }
    case 'lose':
      return finish(client, fault.ending);
    case 'answer':
      client.write(fault.change(await exchange(state.port, bytes)));
      return finish(client, fault.ending);
    case 'instead':
      client.write(fault.bytes);
      return finish(client, fault.ending);
    case 'trickle': {
      const pace = { bytes: fault.bytes, everyMs: fault.everyMs };
      const answer = await exchange(state.port, bytes, fault.way === 'answer' ? undefined : pace);
      if (fault.way === 'request') return deliver(state, { client, path, answer });
      await trickle(client, answer, pace);
      return !client.destroyed;
    }
    case 'elsewhere':
      client.write(await exchange(fault.port, bytes));
      return true;
    case 'twice': {
      const first = exchange(state.port, bytes);
      if (fault.when === 'after') await first;
      await exchange(state.port, bytes);
      return deliver(state, { client, path, answer: await first });
    }
    case 'late':
      state.late.set(path, bytes);
      return finish(client, 'reset');
  }
}

function deliver(state: State, at: { client: Socket; path: string; answer: Buffer }): boolean {
  if (at.client.destroyed) return false;
  at.client.write(at.answer);
  state.delivered.set(at.path, (state.delivered.get(at.path) ?? 0) + 1);
  return true;
}

function finish(client: Socket, how: Ending): boolean {
  if (how === 'close') client.end();
  if (how === 'reset') client.resetAndDestroy();
  return how === 'keep';
}

type Pace = { bytes: number; everyMs: number };

async function trickle(to: Socket, bytes: Buffer, { bytes: step, everyMs }: Pace): Promise<void> {
  for (let at = 0; at < bytes.length && !to.destroyed; at += step) {
    to.write(bytes.subarray(at, at + step));
    await systemTimers.sleep(everyMs);
  }
}

/** One request, one whole answer, over a connection of its own. Rejects when that breaks. */
async function exchange(port: number, request: Buffer, pace?: Pace): Promise<Buffer> {
  const hub = connect({ port, host: '127.0.0.1', noDelay: true });
  try {
    return await new Promise<Buffer>((resolve, reject) => {
      let answer: Buffer = Buffer.alloc(0);
      hub.on('error', reject);
      hub.on('close', () => reject(new Error('The hub closed the connection before its answer was whole')));
      hub.on('data', (chunk: Buffer) => {
        answer = Buffer.concat([answer, chunk]);
        const framed = frame(answer);
        if (framed) resolve(answer.subarray(0, framed.length));
      });
      if (pace === undefined) hub.write(request);
      else trickle(hub, request, pace).catch(reject);
    });
  } finally {
    hub.destroy();
  }
}
