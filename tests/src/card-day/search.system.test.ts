/**
 * The search: after a day of cards, their numbers, tracks and PINs are in no file, store, log, database, message or print
 * job in any form; and in each of these places the same search finds card data that were put there.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { must } from '@holdfast/base';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { seeded } from '../support/seeded.ts';
import { ledgerOf } from '../system/constellation.ts';
import type { DayRemains } from './day-remains.ts';
import type { Ended } from './day-till.ts';
import { PAYMENTS, playDay } from './play-day.ts';
import { describeHit, describeHits, type Hit, type Searched, searchPieces } from './search/haystack.ts';
import { indexNeedles } from './search/needle-index.ts';
import { type Needle, needlesOf, tailOf } from './search/needles.ts';
import { PLACES, piecesOf } from './search/places.ts';
import { type Planted, plantEverywhere } from './search/plant.ts';
import {
  bringToHub,
  closeScene,
  type LiveScene,
  lookIn,
  openScene,
  payAtPage,
  settleHub,
} from './search/scene.ts';

const SEED = 20_260_504;
const ALL_MS = 600_000;
/** Tills that send what they have at the same time. */
const AT_ONCE = 8;
/** The form of what every payment leaves behind; the others are forms of what none may. */
const MARK = 'the cryptogram of a payment';
const MARKED = [
  PLACES.rows,
  PLACES.captured,
  PLACES.decoded,
  PLACES.printed,
  PLACES.hubFiles,
  PLACES.postgresRows,
  PLACES.tillAnswers,
  PLACES.hubAnswers,
  PLACES.exports,
];

const folder = mkdtempSync(join(tmpdir(), 'holdfast-search-'));
const day = { payments: 0, entries: 0, marks: [] as string[] };
const ending = new AsyncDisposableStack();
let scene: LiveScene;
let remains: DayRemains[];
let afterDay: Searched;
let planted: readonly Planted[];
let afterPlanting: Searched;

beforeAll(async () => {
  ending.defer(() => rmSync(folder, { recursive: true, force: true }));
  chmodSync(folder, 0o755); // PostgreSQL's user must be able to enter.
  scene = await openScene({ folder });
  ending.defer(() => closeScene(scene));
  remains = await playDay({
    seed: SEED,
    folder: join(folder, 'tills'),
    onPayment: ({ ended }) => note(ended),
    beforeClose: (till, left) => lookIn(scene, till, left),
  });
  const [first, second, third] = remains;
  const tills = [must(first, 'a till'), must(second, 'another'), must(third, 'a third')] as const;
  await payAtPage(scene, tills[0], must(tills[0].secrets.pins.at(-1), 'a PIN'));
  await inTurns(remains, (each) => bringToHub(scene, each));
  await settleHub(scene);
  const marks = day.marks.map((mark): Needle => ({ secret: mark, encoding: MARK, bytes: Buffer.from(mark) }));
  afterDay = await searchPieces(piecesOf(scene), indexNeedles([...remains.flatMap(needlesOfTill), ...marks]));
  const planting = await plantEverywhere({ scene, tills }, seeded(SEED));
  planted = planting.planted;
  try {
    const samples = planted.flatMap((each) => each.samples);
    const needles = samples.flatMap(({ name, secrets }) => needlesOf(secrets, name));
    afterPlanting = await searchPieces(piecesOf(scene), indexNeedles(needles));
  } finally {
    for (const store of planting.stores) store.close();
  }
}, ALL_MS);

afterAll(() => ending.disposeAsync());

it('the whole day was played, and the hub has booked every sale of it', async () => {
  expect(day.payments).toBe(PAYMENTS);
  expect(day.entries).toBeGreaterThan(PAYMENTS / 2);
  const booked = await ledgerOf(scene.hub.operator);
  expect(booked.filter(({ payload_json }) => !payload_json.includes('planted')).length).toBe(day.entries);
});

it('of its numbers, tracks and PINs nothing is found', () => {
  const found = afterDay.hits.filter(({ encoding }) => encoding !== MARK);
  expect(describeHits(found)).toEqual([]);
  expect(afterDay.unsearched).toEqual([]);
});

it('every place was searched', () => {
  const empty = Object.values(PLACES).filter((place) => (afterDay.bytes[place] ?? 0) === 0);
  expect(empty).toEqual([]);
});

it.each(MARKED)('%s: every payment is found there by its cryptogram', (place) => {
  const found = new Set(hitsIn(afterDay, place).map(({ secret }) => secret));
  expect(day.marks.filter((mark) => !found.has(mark))).toEqual([]);
});

it('the files of a till show no payment to whoever has not its key', () => {
  expect(describeHits(hitsIn(afterDay, PLACES.files))).toEqual([]);
});

it.each(Object.values(PLACES))('%s: what was put there is found, in every form', (place) => {
  const found = hitsIn(afterPlanting, place);
  const names = namesOf(planted.filter(({ places }) => places.includes(place)));
  expect(names.length).toBeGreaterThan(0);
  expect(names.filter((name) => !found.some((hit) => isOf(hit, name)))).toEqual([]);
  const elsewhere = namesOf(planted.filter(({ notIn }) => notIn.includes(place)));
  expect(elsewhere.filter((name) => found.some((hit) => isOf(hit, name)))).toEqual([]);
});

it('a failure says where and what, and shows neither number nor track nor PIN', () => {
  const secrets = planted.flatMap(({ samples }) => samples.map((sample) => sample.secrets));
  const whole = secrets.flatMap(({ numbers, tracks, pins }) => [...numbers, ...tracks.map(tailOf), ...pins]);
  const text = afterPlanting.hits.map(describeHit).join('\n');
  expect(whole.filter((each) => text.includes(each))).toEqual([]);
});

function note({ instance: { state }, entries }: Ended): void {
  day.payments += 1;
  day.entries += entries.length;
  const payment: { chip?: { cryptogram?: { value: string } } } = Object(state.card_payment);
  const mark = payment.chip?.cryptogram?.value;
  if (entries.length > 0 && mark !== undefined) day.marks.push(mark);
}

function needlesOfTill({ secrets, folder: data }: DayRemains): Needle[] {
  return needlesOf(secrets, data.slice(folder.length + 1));
}

function hitsIn({ hits }: Searched, place: string): Hit[] {
  return hits.filter((hit) => hit.place === place);
}

function namesOf(all: readonly Planted[]): string[] {
  return all.flatMap(({ samples }) => samples.map(({ name }) => name));
}

function isOf({ secret }: Hit, name: string): boolean {
  return secret.startsWith(`${name}: `);
}

async function inTurns<T>(all: readonly T[], use: (one: T) => Promise<void>): Promise<void> {
  const waiting = [...all];
  const next = async () => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) await use(one);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, next));
}
