/**
 * Puts an edge together, from its store to its API and its services, without what a process adds to it: a lock, a
 * socket, a signal. `startEdge` adds them; a simulation composes the same edge on a virtual clock.
 */
import { isAppError, must, type Ports, randomId, type Service } from '@holdfast/base';
import {
  createDrill,
  createHubForDevice,
  fetchTransport,
  type HubForDevice,
  LinkError,
  type Transport,
} from '@holdfast/client';
import { createPinHasher, importSigningKey, type SigningKey } from '@holdfast/crypto';
import { LANE_NAMES, type LinkMode } from '@holdfast/protocol';
import type { Logger } from '@holdfast/runtime';
import { createEdgeApi, type EdgeApi } from './api/index.ts';
import type { EdgeOptions } from './config/options.ts';
import { type EdgeContext, SOFTWARE_VERSION } from './context.ts';
import { createDamageWatch, type DamageWatch, watchedWriter } from './damage-watch.ts';
import { type ComposedDevices, composeDevices } from './devices/compose-devices.ts';
import { enrolWith } from './identity.ts';
import { apiToken, storeKey } from './init.ts';
import { createLimitClock } from './limit-clock.ts';
import { pathsOf } from './paths.ts';
import { createPinLocks } from './pin-locks.ts';
import { settleStore } from './recovery/settle.ts';
import { prepareStore } from './store/create.ts';
import { readEnrolment } from './store/enrolment.ts';
import { readMeta, readMetaBytes, writeMeta } from './store/meta.ts';
import { type Db, mapOpenError, openForReading, openForWriting, type StoreKey } from './store/open.ts';
import { countPending, openStreams } from './store/streams.ts';
import { createPendingSums } from './store/transactions.ts';
import { createFeedService } from './sync/feed-service.ts';
import { createLaneSender, type Sending } from './sync/lane-sender.ts';
import { createLinkMonitor } from './sync/link-monitor.ts';
import { createPruneService } from './sync/prune-service.ts';
import { createRepullService } from './sync/repull-service.ts';
import { createSyncService } from './sync/sync-service.ts';
import { noAcquirer } from './workflow/acquirer-port.ts';
import type { OutsidePorts } from './workflow/functions/function.ts';
import { createFunctionSet } from './workflow/functions/index.ts';
import { createPlugins, type Plugins } from './workflow/plugins.ts';
import { createSlips } from './workflow/slips.ts';
import { createWorkflows, type Workflows } from './workflow/workflows.ts';
import type { EngineOptions } from './writer/engine.ts';
import { createRoom, type freeBytes } from './writer/room.ts';
import { isBehind, readSentinel } from './writer/sentinel.ts';
import { startWriterThread, type Writer } from './writer/writer.ts';

const DAY_MS = 86_400_000;

export type ComposeInput = {
  options: EdgeOptions;
  ports: Ports;
  logger: Logger;
  /** The way to the hub; the platform's `fetch` unless given. */
  transport?: Transport;
  /** Opens the one writer of the store; a thread of its own unless given. */
  openWriter?: typeof startWriterThread;
  /** Bytes that can still be written where a file lies; asks the disk unless given. */
  freeBytes?: typeof freeBytes;
  /** How batches are cut; as the protocol wants them unless given. */
  sending?: Sending;
  /** What steps of workflows use; none of it is there unless given. */
  workflow?: WorkflowPorts;
  /** For the control of the power test alone: a store that runs so loses sales when the power goes. */
  synchronous?: 'NORMAL';
  /** Digits of the PINs of simulated cards, where those of the products are too short to be searched for. */
  pinDigits?: number;
};

/** Devices and an acquirer for steps of workflows, and the secrets that `workflow.secrets` names. */
export type WorkflowPorts = Partial<Pick<OutsidePorts, 'hardware' | 'acquirer'>> & {
  secretOf?: (name: string) => string | undefined;
};

/** An edge that is whole and at rest: nothing runs until its services do. */
export type EdgeComposition = {
  context: EdgeContext;
  app: EdgeApi['app'];
  /** To be supervised while the edge runs. */
  services: readonly Service[];
  /** Writes what waits and closes the store. Call it when nothing uses the context any more. */
  close(): Promise<void>;
};

/**
 * Composes an edge that was made by `initEdge`, on a store that nobody else has open. What it has opened is closed again
 * if it throws.
 */
export async function composeEdge(input: ComposeInput): Promise<EdgeComposition> {
  const { options, ports, logger } = input;
  const paths = pathsOf(options);
  await using opening = new AsyncDisposableStack();
  await settleStore(paths);
  const store = storeKey(paths, options);
  // What is kept back for sales is what a start on a full disk needs, too.
  createRoom({ ...engineOptions(input, store), ...ports, freeBytes: input.freeBytes }).isFull();
  const restored = prepare(store, paths.sentinel, ports);
  const openWriter = input.openWriter ?? startWriterThread;
  const damage = createDamageWatch(logger);
  const opened = await openWriter(engineOptions(input, store), (reason) =>
    logger.warn({ reason }, 'something failed beside a commit that stands'),
  );
  const writer = watchedWriter(opened, damage);
  opening.defer(() => writer.close());
  if (restored) await goOnAfterRestore(writer, logger);
  const db = openForReading(store);
  opening.defer(() => {
    db.close();
  });
  const { models, modules } = paths;
  const plugins = createPlugins({ models, modules, ports, logger });
  opening.defer(() => plugins.close());
  const devices = await composeDevicesOf(input, { db, store });
  opening.defer(() => devices.close());
  const context = await createContext({ ...input, db, writer, damage, plugins, devices });
  const app = createEdgeApi(context);
  const services = [
    context.link,
    context.sync,
    context.feed,
    context.repull,
    context.pruning,
    ...context.workflows.services,
    enrolmentService(context),
  ];
  const parts = opening.move();
  return { context, app, services, close: () => parts.disposeAsync() };
}

function engineOptions({ options, synchronous }: ComposeInput, store: StoreKey): EngineOptions {
  const paths = pathsOf(options);
  return {
    store: { ...store, synchronous },
    sentinelPath: paths.sentinel,
    reservePath: paths.reserve,
    reserveBytes: options.reserveBytes,
    freeBytesMin: options.freeBytesMin,
    storeId: options.storeId,
  };
}

/** Brings the schema up to date; true when the database is older than the sentinel beside it. */
function prepare(store: StoreKey, sentinelPath: string, ports: Ports): boolean {
  const db = openForWriting(store);
  try {
    prepareStore(db, ports);
    writeMeta(db, 'starts', String(Number(readMeta(db, 'starts') ?? 0) + 1));
    const tips: Record<string, number> = {};
    const streams = openStreams(db);
    for (const stream of streams) tips[stream.lane] = stream.tip_seq;
    const now = { db_id: readMeta(db, 'db_id') ?? '', incarnation: streams[0]?.incarnation ?? '', tips };
    return readMeta(db, 'restored') !== undefined || isBehind(readSentinel(sentinelPath), now);
  } catch (error) {
    throw mapOpenError(error, store.path);
  } finally {
    db.close();
  }
}

async function goOnAfterRestore(writer: Writer, logger: Logger): Promise<void> {
  const result = await writer.submit({ type: 'rewrap', why: 'restored' });
  logger.warn(
    result,
    'the store is older than its sentinel: it was restored, and goes on under a new incarnation',
  );
}

type Opened = ComposeInput & {
  db: Db;
  writer: Writer;
  damage: DamageWatch;
  plugins: Plugins;
  devices: EdgeDevices;
};
/** The devices, and where they hear whether somebody can be asked online. */
type EdgeDevices = ComposedDevices & { line: { canGoOnline(): boolean } };

async function composeDevicesOf(
  { options, ports, pinDigits }: ComposeInput,
  { db, store }: { db: Db; store: StoreKey },
): Promise<EdgeDevices> {
  const enrolment = readEnrolment(db);
  // The link is composed after the devices.
  const line = { canGoOnline: () => false };
  const devices = await composeDevices({
    ...{ options, ports, db },
    storeKey: store.key,
    folder: pathsOf(options).devices,
    currency: enrolment?.currency ?? options.currency,
    timeZone: enrolment?.time_zone ?? options.timeZone,
    canGoOnline: () => line.canGoOnline(),
    ...(pinDigits !== undefined && { pinDigits }),
  });
  return { ...devices, line };
}

async function createContext(input: Opened): Promise<EdgeContext> {
  const { options, ports, logger, db, writer, damage, devices } = input;
  const paths = pathsOf(options);
  const boot = randomId(ports.random);
  const drill = createDrill(input.transport ?? fetchTransport, ports);
  restoreDrill(drill, readMeta(db, 'link_mode'), ports);
  const limitMs = createLimitClock(ports.clock);
  const toHub = reachHub(input, { boot, drill });
  const { enrolment, key, hub, hubAt } = toHub;
  const link = createLinkMonitor({ drill, ports, probe: () => hub()?.probe });
  const syncing = composeSync(input, { ...toHub, boot, link });
  const workflows = composeWorkflows(input, { enrolment, link, drill, limitMs, sync: syncing.sync });
  return {
    options,
    paths,
    ports,
    logger,
    db,
    dbId: must(readMeta(db, 'db_id'), 'the store has an id'),
    writer,
    damage,
    drill,
    link,
    ...syncing,
    workflows,
    devices,
    pins: createPinHasher(),
    pinLocks: createPinLocks(ports.clock),
    limitMs,
    pendingSums: createPendingSums(db),
    apiToken: await apiToken(paths, ports),
    boot,
    startedMs: ports.clock.nowMs(),
    enrolment,
    key,
    hub,
    hubAt,
  };
}

type ToHub = Pick<EdgeContext, 'enrolment' | 'key' | 'hub' | 'hubAt'> & { mustHub(): HubForDevice };

function reachHub(
  { options, ports, db }: Opened,
  { boot, drill }: Pick<EdgeContext, 'boot' | 'drill'>,
): ToHub {
  const enrolment = () => readEnrolment(db);
  const key = currentKey(db);
  const hubAt = (url: string, as: SigningKey) =>
    createHubForDevice({ baseUrl: url, key: as, boot, transport: drill.transport, ports });
  const hub = cachedHub(
    () => (enrolment() ? (options.hubUrl ?? enrolment()?.hub_url) : undefined),
    key,
    hubAt,
  );
  const mustHub = () => {
    const known = hub();
    if (!known) throw new LinkError('not_enrolled', 'This edge is not enrolled with a hub');
    return known;
  };
  return { enrolment, key, hub, hubAt, mustHub };
}

function composeSync(
  input: Opened,
  { hub, mustHub, key, boot, link }: ToHub & Pick<EdgeContext, 'boot' | 'link'>,
): Pick<EdgeContext, 'senders' | 'sync' | 'feed' | 'repull' | 'pruning'> {
  const { options, ports, logger, db, writer } = input;
  const senders = LANE_NAMES.map((lane) =>
    createLaneSender({ lane, db, writer, hub: mustHub, key, boot, ports, logger, sending: input.sending }),
  );
  const sync = createSyncService({
    senders,
    link,
    strategy: options.syncStrategy,
    scheduleMs: options.scheduleSeconds * 1000,
    idleMs: options.idleSeconds * 1000,
    countPending: () => countPending(db),
    ports,
    logger,
  });
  const use = { db, writer, hub, link, ports, logger };
  const pollMs = options.pollSeconds * 1000;
  const feed = createFeedService({ ...use, senders, boot, version: SOFTWARE_VERSION, pollMs });
  const repull = createRepullService(use);
  const retentionMs = options.retentionDays * DAY_MS;
  const pruning = createPruneService({ db, writer, feed, retentionMs, ports, logger });
  return { senders, sync, feed, repull, pruning };
}

function composeWorkflows(
  input: Opened,
  at: Pick<EdgeContext, 'enrolment' | 'link' | 'drill' | 'limitMs' | 'sync'>,
): Workflows {
  const { options, ports, logger, db, writer, plugins, devices, workflow = {} } = input;
  const { hardware = devices.hardware, acquirer = noAcquirer, secretOf = () => undefined } = workflow;
  const { enrolment, link, drill, limitMs, sync } = at;
  devices.line.canGoOnline = () => link.online && acquirer !== noAcquirer;
  const secrets = new Set(options.workflowSecrets);
  const missing = options.workflowSecrets.filter((name) => secretOf(name) === undefined);
  if (missing.length > 0) logger.warn({ names: missing }, 'secrets of workflows are named and not set');
  const slips = createSlips({ db, options, enrolment, nowMs: () => ports.clock.nowMs() });
  return createWorkflows({
    ...{ db, writer, ports, logger, plugins },
    functions: createFunctionSet(),
    outside: { hardware, acquirer, logger, link, slips },
    http: {
      transport: drill.transport,
      hosts: new Set(options.workflowHttpHosts),
      secretOf: (name) => (secrets.has(name) ? secretOf(name) : undefined),
    },
    currency: () => enrolment()?.currency ?? options.currency,
    noteSale: () => sync.noteSale(),
    nowMs: () => Math.floor(limitMs()),
    folder: pathsOf(options).workflows,
    retentionMs: options.workflowRetentionDays * DAY_MS,
  });
}

/** The device's key as the store has it; parsed again only when it has changed. */
function currentKey(db: Db): () => SigningKey {
  let known: { pkcs8: Buffer; key: SigningKey } | undefined;
  return () => {
    const pkcs8 = must(readMetaBytes(db, 'device_key'), 'the store holds the device key');
    if (!known?.pkcs8.equals(pkcs8)) known = { pkcs8, key: importSigningKey(pkcs8) };
    return known.key;
  };
}

/** The client of the current address and key; a signature counter and a learned clock must outlive a call. */
function cachedHub(
  url: () => string | undefined,
  key: () => SigningKey,
  make: (url: string, key: SigningKey) => HubForDevice,
): () => HubForDevice | undefined {
  let known: { url: string; keyId: string; hub: HubForDevice } | undefined;
  return () => {
    const [now, signer] = [url(), key()];
    if (now === undefined) return undefined;
    if (known?.url !== now || known.keyId !== signer.keyId)
      known = { url: now, keyId: signer.keyId, hub: make(now, signer) };
    return known.hub;
  };
}

function restoreDrill(drill: EdgeContext['drill'], text: string | undefined, ports: Ports): void {
  if (text === undefined) return;
  const stored: { mode: LinkMode; until: number } = JSON.parse(text);
  if (stored.until > ports.clock.nowMs()) drill.set(stored.mode, stored.until);
}

/** Enrols an edge that was given a claim token in its configuration, as soon as the hub answers. */
function enrolmentService(context: EdgeContext) {
  const { hubUrl, claimToken } = context.options;
  return {
    name: 'enrolment',
    async run() {
      if (hubUrl === undefined || claimToken === undefined || context.enrolment()) return;
      try {
        await enrolWith(context, { hub_url: hubUrl, claim_token: claimToken });
      } catch (error) {
        if (!isAppError(error) || error.retry !== 'never') throw error;
        // Asking again with the same token would be refused for ever.
        context.logger.error({ err: error }, 'the hub does not enrol this edge');
        await context.writer.submit({
          type: 'attention',
          text: `The hub did not enrol this edge: ${error.message}`,
        });
      }
    },
  };
}
