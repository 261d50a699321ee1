/**
 * The hub of a simulated world: the product's own API over the product's own store in PostgreSQL, called without a
 * socket. It can be killed at any query, started again, and put back to an earlier copy of its database; its keys and its
 * archive stay, as the operations page asks for.
 */
import { join } from 'node:path';
import { AppError, assert, isAppError, must, supervise, systemPorts } from '@holdfast/base';
import type { TransportRequest } from '@holdfast/client';
import {
  type Archive,
  composeHub,
  createHubContext,
  type HubComposition,
  openFolderArchive,
  openHubKeys,
  openPool,
  restoreHub,
} from '@holdfast/hub';
import { createLogger } from '@holdfast/runtime';
import type { Pool } from 'pg';
import { faultyPool } from './faulty-pool.ts';
import type { Archived } from './holdings.ts';
import type { HubDatabase } from './hub-database.ts';
import { beginLife, EPOCH_MS, Killed, type Life } from './life.ts';
import type { Server, WireAnswer } from './network.ts';
import { isSometimes } from './sometimes.ts';
import type { World } from './world.ts';

/** How a hub comes back: by itself with an older database, with what the archive has above it, or from that alone. */
export type Restore = 'bare' | 'in_place' | 'archive';

/** Where edges reach it. */
export const HUB_URL = 'http://hub.sim';

const CONNECTIONS_MAX = 4;
const NODE = 'hub';

type Running = {
  life: Life;
  app: HubComposition['app'];
  operatorToken: string;
  services: Promise<unknown>;
  stop(): void;
};

export class HubNode implements Server {
  readonly #world: World;
  readonly #database: HubDatabase;
  #pool: Pool | undefined;
  #running: Running | undefined;
  #lives = 0;
  /** Set while the disk of the archive is away. */
  archiveFails = false;
  /** What is in its archive, whatever becomes of its database: it finds that again when it starts. */
  readonly archived: Archived = { ops: new Set(), devices: new Set() };
  /** It came back without articles and people, which are in no archive: the edges keep those they have. */
  hasLostFeed = false;
  /** Called when it was killed: somebody starts it again. */
  onKilled: () => void = () => undefined;

  constructor(world: World, database: HubDatabase) {
    this.#world = world;
    this.#database = database;
  }

  get isUp(): boolean {
    return this.#running !== undefined;
  }

  get archiveFolder(): string {
    return join(this.#world.folder, 'archive');
  }

  /** Connections that somebody holds. */
  get connectionsHeld(): number {
    return this.#pool === undefined ? 0 : this.#pool.totalCount - this.#pool.idleCount;
  }

  async start(): Promise<void> {
    assert(this.#running === undefined, 'the hub does not run');
    this.#lives += 1;
    const random = this.#world.randomFor(`hub ${this.#lives}`);
    const life = beginLife(this.#world.scheduler, { name: NODE, random, clockOffsetMs: () => 0 });
    const starting = this.#compose(life);
    try {
      this.#running = await Promise.race([starting, life.ended]);
    } catch (error) {
      if (error instanceof Killed) return;
      if (!isAppError(error)) throw error;
      // A process that cannot start ends, and whoever watches over it starts it again.
      this.#world.logger(NODE).error({ err: error }, 'the hub does not start');
      life.end();
      this.onKilled();
    }
  }

  /** Ends it as `kill -9` would: nothing of it runs again, and nobody is answered. */
  kill(): void {
    const running = this.#running;
    this.#running = undefined;
    running?.life.end();
    this.onKilled();
  }

  /** Ends it in order. */
  async stop(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    if (running === undefined) return;
    running.stop();
    await running.services;
    assert(running.life.timers === 0, 'a hub that was stopped leaves no timers');
    running.life.end();
  }

  /** Stops it and ends its connections: the database can be copied, put back or dropped now. */
  async letGo(): Promise<void> {
    await this.stop();
    await this.#pool?.end();
    this.#pool = undefined;
  }

  /**
   * Puts the database back to its kept copy, or with `archive` throws it away, and replays the archive as the product does
   * it; `bare` leaves that out. It must have been let go.
   */
  async restore(how: Restore): Promise<void> {
    if (how !== 'archive') await this.#database.putBack();
    if (how === 'bare') return;
    if (how === 'archive') this.hasLostFeed = true;
    await this.#database.untilUnused();
    const random = this.#world.randomFor('restore of the hub');
    const clock = { nowMs: () => Math.floor(EPOCH_MS + this.#world.scheduler.nowMs), monotonicMs: () => 0 };
    await restoreHub({
      settings: { ...settingsIn(this.#world.folder, this.archiveFolder), databaseUrl: this.#database.url },
      source: { kind: how },
      dropOld: true,
      ports: { clock, random, timers: systemPorts.timers },
      logger: this.#world.logger(NODE),
      onStep: () => undefined,
    });
  }

  async handle(request: TransportRequest): Promise<WireAnswer | 'refused' | 'silent'> {
    const running = this.#running;
    if (running === undefined) return 'refused';
    return await untilKilled(running.life, answerOf(this.#world, running, request));
  }

  /** A request of the operator, from beside the hub. Undefined when there was no answer. */
  async operate(
    method: TransportRequest['method'],
    path: string,
    body?: unknown,
  ): Promise<Operated | undefined> {
    const running = this.#running;
    if (running === undefined) return undefined;
    const json = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    const headers = {
      authorization: `Bearer ${running.operatorToken}`,
      ...(json && { 'content-type': 'application/json' }),
    };
    const answer = await this.handle({ method, url: `${HUB_URL}${path}`, headers, body: json, timeoutMs: 0 });
    if (typeof answer === 'string') return undefined;
    const text = answer.body.toString();
    this.#world.trace.note(this.#world.scheduler.nowMs, `operator ${method} ${path} ${answer.status}`, text);
    return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) };
  }

  async #compose(life: Life): Promise<Running> {
    const { ports } = life;
    const logger = this.#world.logger(NODE);
    const { folder } = this.#world;
    const keys = await openHubKeys({ folder, random: ports.random });
    this.#pool ??= await openPool({
      databaseUrl: this.#database.url,
      connectionsMax: CONNECTIONS_MAX,
      ports: systemPorts,
      logger: createLogger({ level: 'silent', service: 'sim' }),
    });
    const random = this.#world.randomFor(`hub faults ${this.#lives}`);
    const killing = {
      world: this.#world,
      random,
      kill: () => this.#killedAtWork(life),
      isKilled: () => life.isOver,
    };
    const context = await createHubContext({
      settings: settingsIn(folder, this.archiveFolder),
      ports,
      logger,
      keys,
      postgres: undefined,
      pool: faultyPool(this.#pool, killing),
      archive: this.#archive(life),
      close: async () => undefined,
    });
    const { app, services } = await composeHub(context, { pinHasher: CHEAP_PINS });
    const stop = new AbortController();
    const onFailure = ({ service, error }: { service: string; error: unknown }) =>
      logger.error({ service, err: error }, 'a service failed');
    const running: Promise<void>[] = [];
    for (const service of services) {
      running.push(supervise(service, { ports, signal: stop.signal, onFailure }));
      // One after the other: which of two answers of PostgreSQL comes first is not for a seed to say.
      await this.#world.scheduler.settle();
    }
    return {
      life,
      app,
      operatorToken: keys.operatorToken,
      services: Promise.all(running),
      stop: () => stop.abort(),
    };
  }

  /** Killed by what it did itself, perhaps before it was up. */
  #killedAtWork(life: Life): void {
    life.end();
    this.#running = undefined;
    this.onKilled();
  }

  #archive(life: Life): Archive {
    const real = openFolderArchive({ folder: this.archiveFolder });
    const { scheduler, observer } = this.#world;
    const tried = async <T>(work: () => Promise<T>): Promise<T> => {
      if (life.isOver) return await new Promise<never>(() => undefined);
      if (this.archiveFails) {
        observer.saw('archive failed');
        throw new Error('EIO: the disk of the archive is away');
      }
      return await scheduler.atWork(work());
    };
    return {
      ...real,
      keepIdentity: (name, text) => tried(() => real.keepIdentity(name, text)),
      async stage(segment) {
        const staged = await tried(() => real.stage(segment));
        return {
          publish: () => tried(() => staged.publish()),
          discard: () => scheduler.atWork(staged.discard()),
        };
      },
    };
  }
}

export type Operated = { status: number; body: unknown };

/** PINs are not what is simulated here, and their real hash costs 20 ms and 19 MiB on purpose. */
const CHEAP_PINS = {
  hash: async (pin: string) => `$argon2id$v=19$m=19456,t=2,p=1$${'A'.repeat(22)}$${pin.padStart(43, 'A')}`,
  verify: async () => false,
};

async function answerOf(world: World, running: Running, request: TransportRequest): Promise<WireAnswer> {
  const { method, url, headers, body } = request;
  const answer = await running.app.fetch(
    new Request(url, {
      method,
      headers: { host: new URL(url).host, ...headers },
      // The types of Node and of the DOM disagree on shared buffers; ours never are.
      ...(body && { body: body as Uint8Array<ArrayBuffer> }),
    }),
  );
  const bytes = Buffer.from(await answer.arrayBuffer());
  if (headers['content-encoding'] === 'gzip') world.observer.saw('batch compressed');
  noteAnswer(world, answer.headers.get('content-type') ?? '', bytes);
  return { status: answer.status, headers: new Map(answer.headers), body: bytes };
}

/** What the answer says that a campaign must have seen. */
function noteAnswer({ observer }: World, type: string, body: Buffer): void {
  if (!type.startsWith('application/json') && !type.startsWith('application/problem')) return;
  const said: unknown = JSON.parse(body.toString() || 'null');
  if (typeof said !== 'object' || said === null) return;
  if ('code' in said && said.code === 'clock_skew') observer.saw('clock_skew answered');
  if (!('answer' in said)) return;
  const name = `answer: ${String(said.answer)}`;
  if (isSometimes(name)) observer.saw(name);
  if ('quarantined' in said && Array.isArray(said.quarantined) && said.quarantined.length > 0)
    observer.saw('answer: quarantined');
}

async function untilKilled<T>(life: Life, work: Promise<T>): Promise<T | 'silent'> {
  try {
    return await Promise.race([work, life.ended]);
  } catch (error) {
    if (error instanceof Killed) return 'silent';
    throw error;
  }
}

function settingsIn(folder: string, archiveFolder: string) {
  return {
    dataFolder: folder,
    postgresFolder: join(folder, 'postgres'),
    archiveFolder,
    host: '127.0.0.1',
    port: 0,
    publicAuthorities: [new URL(HUB_URL).host],
    databaseUrl: undefined,
    tls: undefined,
    insecureLan: false,
  };
}

/** The body of an operator's answer, which must be a success. */
export function mustSucceed(answer: Operated | undefined): unknown {
  const { status, body } = must(answer, 'the hub runs');
  if (status >= 300)
    throw new AppError('internal', `The hub answers its operator with ${status}: ${JSON.stringify(body)}`);
  return body;
}
