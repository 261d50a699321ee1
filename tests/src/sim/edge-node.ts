/**
 * An edge of a simulated world: the product's own store, writer, services and API on a virtual clock, without threads
 * or sockets. A crash takes the files as they are at that moment, cut-short transactions and all, and the next life opens
 * what was taken; the life before never runs again.
 */
import { copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { assert, isAppError, must, supervise } from '@holdfast/base';
import {
  composeEdge,
  type EdgeComposition,
  type EdgeOptions,
  type EngineOptions,
  edgeOptions,
  initEdge,
  pathsOf,
} from '@holdfast/edge';
import { loadOptions } from '@holdfast/runtime';
import { noteWoken } from './caretaker.ts';
import { createCommitFaults } from './commit-faults.ts';
import { Devices } from './devices.ts';
import { openSimulatedWriter } from './edge-writer.ts';
import { beginLife, Killed, type Life } from './life.ts';
import type { LinkState, Network } from './network.ts';
import { OUTSIDE_HOST } from './workflow-texts.ts';
import type { World } from './world.ts';

export type EdgeHooks = {
  network: Network;
  /** Called when it was killed: somebody starts it again. */
  onKilled(edge: EdgeNode): void;
};

type Running = { life: Life; composition: EdgeComposition; services: Promise<unknown>; stop(): void };

/** A running request of a service is not waited for longer than its own time-out. */
const STOP_WITHIN_MS = 35_000;
const RESERVE_BYTES = 4_096;
const FREE_BYTES_MIN = 65_536;
/** A clock that jumps by years makes nothing old enough to go. */
const WORKFLOW_RETENTION_DAYS = 100_000;

/** Files of a data folder that make up an edge; the index of the WAL is made anew by whoever opens it. */
const FILES = ['edge.db', 'edge.db-wal', 'store.key', 'api-token', 'sentinel', 'reserve'];

export class EdgeNode {
  readonly name: string;
  readonly #world: World;
  readonly #hooks: EdgeHooks;
  #folder: string;
  #folders = 0;
  #lives = 0;
  #running: Running | undefined;
  /** Closes what this life has open, should it be killed. */
  #open: (() => void)[] = [];
  /** Of lives that were killed: what holds their files. */
  #remains: (() => void)[] = [];
  clockOffsetMs = 0;
  link: LinkState = 'up';
  isDiskFull = false;
  /** Of its machine. */
  readonly devices: Devices;

  /** `files` is a folder to begin with a copy of; without it the edge is new. */
  constructor(world: World, at: { name: string; hooks: EdgeHooks; files?: string }) {
    this.#world = world;
    this.#hooks = at.hooks;
    this.name = at.name;
    this.devices = new Devices(world, at.name);
    this.#folder = this.#nextFolder();
    if (at.files !== undefined) copyFiles(at.files, this.#folder);
  }

  get isUp(): boolean {
    return this.#running !== undefined;
  }

  /** Its composition; it must be up. */
  get composition(): EdgeComposition {
    return must(this.#running, `${this.name} is up`).composition;
  }

  get options(): EdgeOptions {
    const { plan } = this.#world;
    const flags = {
      '--data': this.#folder,
      '--reserve-bytes': String(RESERVE_BYTES),
      '--free-bytes-min': String(FREE_BYTES_MIN),
      '--sync-poll-seconds': String(plan.pollSeconds),
      '--retention-days': String(plan.retentionDays),
      '--device-name': this.name,
      '--workflow-http-hosts': OUTSIDE_HOST,
      '--workflow-retention-days': String(WORKFLOW_RETENTION_DAYS),
    };
    return loadOptions(edgeOptions, { env: {}, flags });
  }

  async start(): Promise<void> {
    assert(this.#running === undefined, `${this.name} does not run`);
    this.#lives += 1;
    const random = this.#world.randomFor(`${this.name} ${this.#lives}`);
    const clockOffsetMs = () => this.clockOffsetMs;
    const life = beginLife(this.#world.scheduler, { name: this.name, random, clockOffsetMs });
    if (!existsSync(pathsOf(this.options).database))
      await initEdge({ options: this.options, ports: life.ports });
    try {
      this.#running = await Promise.race([this.#compose(life), life.ended]);
    } catch (error) {
      if (error instanceof Killed) return;
      if (!isAppError(error)) throw error;
      // A process that cannot start ends, and whoever watches over it starts it again.
      this.#world.logger(this.name).error({ err: error }, 'the edge does not start');
      life.end();
      this.#open = [];
      this.#hooks.onKilled(this);
    }
  }

  /** A request of a program on the same machine; it must be up. Never resolves when it is killed meanwhile. */
  async ask(
    method: 'POST' | 'PUT',
    path: string,
    { body, headers = {} }: { body: string; headers?: Record<string, string> },
  ): Promise<Response> {
    const { app, context } = this.composition;
    const authorization = `Bearer ${context.apiToken}`;
    const all = { authorization, 'content-type': 'application/json', ...headers };
    return await app.fetch(new Request(`http://edge.sim${path}`, { method, headers: all, body }));
  }

  /** Ends it as a power cut would, at once; its files are as they are now. */
  kill(): void {
    const running = this.#running;
    this.#running = undefined;
    if (running !== undefined) this.#end(running.life);
  }

  /** Ends it in order. */
  async stop(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    if (running === undefined) return;
    running.stop();
    await this.#world.scheduler.runOnFor(running.services, STOP_WITHIN_MS);
    await running.composition.close();
    this.#open = [];
    assert(running.life.timers === 0, `${this.name} was stopped and leaves no timers`);
    running.life.end();
  }

  /** Copies its files as they are now. */
  copyTo(folder: string): void {
    mkdirSync(folder, { recursive: true });
    copyFiles(this.#folder, folder);
  }

  /** Puts a copy in the place of its files; it must be down. */
  putBack(folder: string, { withSentinel }: { withSentinel: boolean }): void {
    assert(this.#running === undefined, `${this.name} does not run`);
    const before = this.#folder;
    this.#folder = this.#nextFolder();
    copyFiles(folder, this.#folder);
    // The newest sentinel is what a disk outside the copy has kept.
    if (!withSentinel) rmSync(join(this.#folder, 'sentinel'), { force: true });
    else if (existsSync(join(before, 'sentinel')))
      copyFileSync(join(before, 'sentinel'), join(this.#folder, 'sentinel'));
  }

  /** Lets go what killed lives still hold. Call it between events. */
  bury(): void {
    for (const close of this.#remains.splice(0)) close();
  }

  async #compose(life: Life): Promise<Running> {
    const { ports } = life;
    const logger = this.#world.logger(this.name);
    const sender = { name: this.name, life, link: () => this.link };
    const state = { isStarting: true };
    const composition = await composeEdge({
      options: this.options,
      ports,
      logger,
      transport: (request) => this.#hooks.network.send(sender, request),
      openWriter: async (options) => this.#openWriter(life, options, state),
      freeBytes: () => this.#freeBytes(),
      sending: this.#sending(),
      workflow: { hardware: this.devices.reachedIn(life) },
    });
    state.isStarting = false;
    this.#open.push(() => composition.context.db.close());
    if (this.#lives > 1) noteWoken(this.#world, { composition, nowMs: ports.clock.nowMs() });
    const stop = new AbortController();
    const onFailure = ({ service, error }: { service: string; error: unknown }) =>
      logger.error({ service, err: error }, 'a service failed and is started again');
    const running = composition.services.map((service) =>
      supervise(service, { ports, signal: stop.signal, onFailure }),
    );
    void composition.context.writer.failed.then(() =>
      this.#world.scheduler.after(0, { kind: 'store failed', node: this.name }, () => this.kill()),
    );
    return { life, composition, services: Promise.all(running), stop: () => stop.abort() };
  }

  #openWriter(life: Life, options: EngineOptions, state: { isStarting: boolean }) {
    const faults = createCommitFaults(this.#world, {
      name: `${this.name} ${this.#lives}`,
      kill: () => this.#killedAtWork(life),
      isDiskFull: () => this.isDiskFull,
    });
    const { writer, drop } = openSimulatedWriter(this.#world, {
      name: this.name,
      life,
      options,
      faults,
      freeBytes: () => this.#freeBytes(),
      isStarting: () => state.isStarting,
    });
    this.#open.push(drop);
    return writer;
  }

  #killedAtWork(life: Life): void {
    this.#running = undefined;
    this.#end(life);
  }

  #end(life: Life): void {
    if (life.isOver) return;
    const before = this.#folder;
    this.#folder = this.#nextFolder();
    copyFiles(before, this.#folder);
    life.end();
    const open = this.#open.splice(0);
    this.#remains.push(() => {
      for (const close of open) close();
      rmSync(before, { recursive: true, force: true });
    });
    this.#hooks.onKilled(this);
  }

  #freeBytes(): number {
    if (!this.isDiskFull) return 2 ** 40;
    return existsSync(pathsOf(this.options).reserve) ? 0 : RESERVE_BYTES;
  }

  #sending() {
    const { batchEntriesFirst, batchEntriesMax } = this.#world.plan;
    return {
      firstSize: { entries: Math.min(batchEntriesFirst, batchEntriesMax), bytes: 262_144 },
      maxSize: { entries: batchEntriesMax, bytes: 1_048_576 },
      compress: async (bytes: Uint8Array) => gzipSync(bytes, { level: 1 }),
    };
  }

  #nextFolder(): string {
    this.#folders += 1;
    const folder = join(this.#world.folder, `${this.name}-${this.#folders}`);
    mkdirSync(folder, { recursive: true });
    return folder;
  }
}

function copyFiles(from: string, to: string): void {
  for (const name of FILES) if (existsSync(join(from, name))) copyFileSync(join(from, name), join(to, name));
}
