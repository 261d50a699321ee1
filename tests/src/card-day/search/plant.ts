/**
 * Plants samples of card data in every place of a scene, as a careless program would have left them, so that a search
 * which finds nothing can be told from one that cannot find anything.
 */
import { appendFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { systemPorts, uuidV7 } from '@holdfast/base';
import { createSimulatedPrinter } from '@holdfast/hardware';
import { createLogger } from '@holdfast/runtime';
import pg from 'pg';
import { query } from '../../support/postgres.ts';
import type { Seeded } from '../../support/seeded.ts';
import type { DayRemains } from '../day-remains.ts';
import { PLACES } from './places.ts';
import { plantInTraffic } from './plant-traffic.ts';
import { drawSamples, type Sample } from './samples.ts';
import { askTill, type LiveScene, settleHub, startTill } from './scene.ts';
import { openStore, storeKeyIn } from './store-rows.ts';

/** Samples that were planted, each place where all of them must be found, and each where none may be. */
export type Planted = {
  samples: readonly Sample[];
  places: readonly string[];
  notIn: readonly string[];
};

/** `stores` stay open until the scene has been searched: closing one takes its log over. */
export type Planting = { planted: Planted[]; stores: readonly { close(): void }[] };

type World = { scene: LiveScene; tills: readonly [DayRemains, DayRemains, DayRemains] };

/** Where samples go, and what a place has to do with them; `isTextOnly` for what holds nothing but text. */
type Way = {
  places: readonly string[];
  notIn?: readonly string[];
  isTextOnly?: boolean;
  plant(world: World, samples: readonly Sample[]): Promise<unknown> | unknown;
};

const { files, rows, pages, frames } = PLACES;
const CLOSED = [files];

/** In this order: edges run in the first alone, and stores stay open after theirs. */
const WAYS: Readonly<Record<string, Way>> = {
  'an article that is sold': {
    places: [
      ...[rows, pages, PLACES.tillAnswers, PLACES.decoded],
      ...[PLACES.hubFiles, PLACES.postgresRows, PLACES.hubAnswers, PLACES.exports],
    ],
    notIn: CLOSED,
    isTextOnly: true,
    plant: ({ scene, tills: [till] }, samples) => sell(scene, till, samples),
  },
  'bytes over a page': {
    places: [files],
    plant: ({ scene, tills: [till] }, samples) => writeOverPage(scene, till, samples),
  },
  'a row in the log of a store': {
    places: [rows, frames],
    notIn: CLOSED,
    plant: ({ tills: [till] }, samples) => insert(till, samples),
  },
  'a row in a page of a store': {
    places: [rows, pages],
    notIn: CLOSED,
    plant({ tills: [, till] }, samples) {
      const db = insert(till, samples);
      db.pragma('wal_checkpoint(TRUNCATE)');
      return db;
    },
  },
  'a row that was deleted': {
    places: [frames],
    notIn: [...CLOSED, rows, pages],
    plant({ tills: [, , till] }, samples) {
      const db = insert(till, samples);
      db.exec("DELETE FROM meta WHERE key GLOB 'planted *'");
      return db;
    },
  },
  'a line of an edge': {
    places: [PLACES.tillLogs],
    plant: ({ tills: [till] }, samples) => writeLines(till.logFile, samples),
  },
  'a line of the hub': {
    places: [PLACES.hubLog],
    plant: ({ scene }, samples) => writeLines(scene.hub.logFile, samples),
  },
  'a file of the archive': {
    places: [PLACES.hubFiles],
    plant: ({ scene }, samples) =>
      writeFileSync(join(scene.hub.folder, 'archive', 'planted'), bytesOf(samples)),
  },
  'a row of the hub': {
    places: [PLACES.postgresRows, PLACES.postgresFiles],
    plant: ({ scene }, samples) => insertAtHub(scene.hub.databaseUrl, samples),
  },
  'a body as it is': {
    places: [PLACES.captured, PLACES.decoded],
    plant: ({ scene }, samples) => plantInTraffic(scene, samples, 'plain'),
  },
  'a body that is compressed': {
    places: [PLACES.decoded],
    plant: ({ scene }, samples) => plantInTraffic(scene, samples, 'hidden'),
  },
  'a print job': {
    places: [PLACES.printed],
    plant: ({ scene }, samples) => print(scene, samples),
  },
};

/** Plants everywhere; `tills` are of the scene, and their edges do not run. Each way has samples of its own. */
export async function plantEverywhere(world: World, random: Seeded): Promise<Planting> {
  const planted: Planted[] = [];
  const stores: { close(): void }[] = [];
  for (const [how, { places, notIn = [], isTextOnly = false, plant }] of Object.entries(WAYS)) {
    const samples = drawSamples(random.fork())
      .filter(({ isText }) => isText || !isTextOnly)
      .map((sample) => ({ ...sample, name: `${how}, ${sample.name}` }));
    const opened = await plant(world, samples);
    if (isStore(opened)) stores.push(opened);
    planted.push({ samples, places, notIn });
  }
  await query(world.scene.hub.databaseUrl, 'CHECKPOINT');
  return { planted, stores };
}

const SEPARATOR = Buffer.from('\n--\n');

function bytesOf(samples: readonly Sample[]): Buffer {
  return Buffer.concat(samples.flatMap(({ bytes }) => [SEPARATOR, bytes]));
}

function isStore(value: unknown): value is { close(): void } {
  return typeof value === 'object' && value !== null && 'close' in value;
}

/** Sells articles that are called like the samples, and lets everybody tell of them. */
async function sell(scene: LiveScene, remains: DayRemains, samples: readonly Sample[]): Promise<void> {
  const till = await startTill(scene, remains);
  try {
    for (const { bytes } of samples) {
      const item = { sku: 'planted', name: bytes.toString(), quantity: 1, unit_price: '1.00' };
      await till.client.sell({ cashier_id: 'astrid', items: [item] }, uuidV7(systemPorts));
    }
    await till.sync();
    await askTill(scene, 'planted', till.ask);
  } finally {
    await till.close();
  }
  await settleHub(scene);
}

/** Over the middle of a copy of a store, as if its pages there were not encrypted. */
function writeOverPage(scene: LiveScene, { folder }: DayRemains, samples: readonly Sample[]): void {
  const copy = join(dirname(folder), 'data-planted');
  mkdirSync(copy);
  cpSync(join(folder, 'edge.db'), join(copy, 'edge.db'));
  const file = readFileSync(join(copy, 'edge.db'));
  bytesOf(samples).copy(file, Math.floor(file.length / 2));
  writeFileSync(join(copy, 'edge.db'), file);
  scene.folders.push(copy);
}

/** Writes rows into a store; they stay in its log until it is closed. */
function insert({ folder }: DayRemains, samples: readonly Sample[]) {
  const db = openStore(join(folder, 'edge.db'), storeKeyIn(folder));
  db.pragma('secure_delete = ON');
  const row = db.prepare('INSERT INTO meta (key, value) VALUES (?, ?)');
  db.transaction(() => {
    for (const [index, { bytes, isText }] of samples.entries())
      row.run(`planted ${index}`, isText ? bytes.toString() : bytes);
  })();
  return db;
}

/** Texts as the logger writes them, and bytes as something that knows no text. */
function writeLines(file: string, samples: readonly Sample[]): void {
  const write = (line: string) => appendFileSync(file, line);
  const logger = createLogger({ level: 'debug', service: 'planted', destination: { write } });
  for (const { bytes, isText } of samples) {
    if (isText) logger.debug({ note: bytes.toString() }, 'planted');
    else appendFileSync(file, Buffer.concat([bytes, SEPARATOR]));
  }
}

async function insertAtHub(connectionString: string, samples: readonly Sample[]): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await client.query('CREATE SCHEMA planted');
    await client.query('CREATE TABLE planted.row (note text, data bytea)');
    for (const { bytes, isText } of samples)
      await client.query('INSERT INTO planted.row VALUES ($1, $2)', [
        isText ? bytes.toString() : null,
        isText ? null : bytes,
      ]);
  } finally {
    await client.end();
  }
}

/** A printer tells its bytes before it looks at them, so that any will do; nobody waits for paper. */
function print(scene: LiveScene, samples: readonly Sample[]): void {
  const { timers, random } = systemPorts;
  const printed: Uint8Array[] = [];
  for (const { bytes } of samples) {
    const { body } = createSimulatedPrinter({ timers, random, lineMs: 0 });
    body.onBytes = (job) => printed.push(job.slice());
    void body.take(bytes);
  }
  scene.tills.push({ name: 'planted', folders: [], logFiles: [], printed });
}
