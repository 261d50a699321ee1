/** The edge's collaborators, made in one place and passed down. */
import type { Ports } from '@holdfast/base';
import type { Drill, HubForDevice } from '@holdfast/client';
import type { PinHasher, SigningKey } from '@holdfast/crypto';
import type { Logger } from '@holdfast/runtime';
import type { EdgeOptions } from './config/options.ts';
import type { DamageWatch } from './damage-watch.ts';
import type { ComposedDevices } from './devices/compose-devices.ts';
import type { EdgePaths } from './paths.ts';
import type { PinLocks } from './pin-locks.ts';
import type { Enrolment } from './store/enrolment.ts';
import type { Db } from './store/open.ts';
import type { PendingSums } from './store/transactions.ts';
import type { FeedService } from './sync/feed-service.ts';
import type { LaneSender } from './sync/lane-sender.ts';
import type { LinkMonitor } from './sync/link-monitor.ts';
import type { PruneService } from './sync/prune-service.ts';
import type { RepullService } from './sync/repull-service.ts';
import type { SyncService } from './sync/sync-service.ts';
import type { Workflows } from './workflow/workflows.ts';
import type { Writer } from './writer/writer.ts';

/** The version this software tells others. */
export const SOFTWARE_VERSION = '0.1.0';

export type EdgeContext = {
  options: EdgeOptions;
  paths: EdgePaths;
  ports: Ports;
  logger: Logger;
  /** Reads only. */
  db: Db;
  /** Of the database, for as long as it lives. */
  dbId: string;
  writer: Writer;
  damage: DamageWatch;
  drill: Drill;
  link: LinkMonitor;
  senders: readonly LaneSender[];
  sync: SyncService;
  feed: FeedService;
  repull: RepullService;
  pruning: PruneService;
  workflows: Workflows;
  /** Devices of the till; `simulated` holds what a page may operate. */
  devices: ComposedDevices;
  pins: PinHasher;
  pinLocks: PinLocks;
  /** The time by which sessions end, in milliseconds since the epoch. */
  limitMs: () => number;
  pendingSums: PendingSums;
  apiToken: string;
  boot: string;
  startedMs: number;
  enrolment(): Enrolment | undefined;
  /** The device's key as it is now. */
  key(): SigningKey;
  /** A client of the hub for this device's key; undefined while no hub is known. */
  hub(): HubForDevice | undefined;
  /** A client of the hub at an address, for enrolment with a key. */
  hubAt(url: string, key: SigningKey): HubForDevice;
};
