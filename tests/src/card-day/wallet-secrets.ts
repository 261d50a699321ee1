/**
 * What must be found nowhere after a day: the numbers, tracks and PINs of a wallet's cards as plain texts. They are read
 * off the cards as anybody would who holds them, from stripe and chip, and off the labels.
 */
import { must } from '@holdfast/base';
import {
  encodeCommand,
  findTlv,
  parseResponse,
  parseTlv,
  readRecord,
  SW,
  select,
  toHex,
} from '@holdfast/cards';
import { createRamCardMemory, type SimulatedCard, type Wallet } from '@holdfast/hardware';

/** Of all cards of a wallet, and the wrong PINs that were tried as well. */
export type DaySecrets = {
  /** ASCII digits. */
  numbers: readonly string[];
  /** Of stripes with their sentinels, and of chips tag 57 in hexadecimal capitals. */
  tracks: readonly string[];
  /** ASCII digits. */
  pins: readonly string[];
};

type Chip = NonNullable<ReturnType<SimulatedCard['powerUp']>>;

const FILES = 10;
const RECORDS_MAX = 8;
/** GET PROCESSING OPTIONS by contact: these cards ask for nothing (tag 83 without a value). */
const OPTIONS = Uint8Array.of(0x80, 0xa8, 0, 0, 2, 0x83, 0, 0);
const LABEL_PIN = / (\d{4,12})$/;
const NUMBER = /^(?:%B|;)?(\d{12,19})[\^=D]/;

/** The secrets of a wallet. Its cards do not count this: what is read here is read with another memory. */
export async function secretsOf(wallet: Wallet): Promise<DaySecrets> {
  const { cards, applications } = wallet.withMemory(createRamCardMemory());
  const tracks: string[] = [];
  for (const card of cards) {
    tracks.push(...stripeOf(card));
    for (const { aid } of applications) tracks.push(...(await chipTracksOf(card, aid)));
  }
  const numbers = tracks.map((track) => must(NUMBER.exec(track)?.[1], 'a track begins with a number'));
  const pins = cards.flatMap((card) => pinOf(card) ?? []);
  return { numbers: unique(numbers), tracks: unique(tracks), pins: unique(pins) };
}

/** The PIN on a card's label; undefined for a card without one. */
export function pinOf({ label }: SimulatedCard): string | undefined {
  return LABEL_PIN.exec(label)?.[1];
}

function stripeOf(card: SimulatedCard): string[] {
  const { track1, track2 } = card.swipe();
  return [track1, track2].flatMap((track) => {
    const text = track?.use((bytes) => Buffer.from(bytes).toString('latin1'));
    track?.wipe();
    return text === undefined ? [] : [text];
  });
}

/** Tag 57 of an application; nothing of a chip that is dead or blocked. */
async function chipTracksOf(card: SimulatedCard, aid: Uint8Array): Promise<string[]> {
  const chip = card.powerUp('contact');
  if (chip === undefined) return [];
  if ((await said(chip, encodeCommand(select(aid)))) === undefined) return [];
  if ((await said(chip, OPTIONS.slice())) === undefined) return [];
  const tracks: string[] = [];
  for (let file = 1; file <= FILES; file += 1) {
    for (let record = 1; record <= RECORDS_MAX; record += 1) {
      const data = await said(chip, encodeCommand(readRecord(file, record)));
      if (data === undefined) break;
      const parsed = parseTlv(data);
      const track = parsed.ok ? findTlv(parsed.objects, '57') : undefined;
      if (track !== undefined) tracks.push(toHex(track.value));
    }
  }
  return tracks;
}

/** The data of an answer; undefined for a refusal. */
async function said(chip: Chip, command: Uint8Array): Promise<Uint8Array | undefined> {
  const parsed = parseResponse(await chip.transmit(command));
  return parsed.ok && parsed.response.sw === SW.ok ? parsed.response.data : undefined;
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
