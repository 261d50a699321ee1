/** Giving a PIN to the card (EMV Book 3 6.5.12, Book 2 7): a block of format 2, in clear or enciphered with its key. */
import type { Random } from '@holdfast/base';
import {
  type ApduCommand,
  type CardData,
  encipherOfflinePin,
  encodeCommand,
  getChallenge,
  parseResponse,
  SW,
  verify,
  writePinBlock2,
} from '@holdfast/cards';
import type { CardLink } from '../ports/card-reader.ts';
import type { PinPad } from '../ports/pin-pad.ts';

type Way = Parameters<PinPad['verifyWithCard']>[0]['way'];
type Presenting = { way: Way; link: CardLink; random: Random };
type Presented = Awaited<ReturnType<PinPad['verifyWithCard']>>;

const CHALLENGE_BYTES = 8;
const REMOVED = {
  kind: 'failed',
  code: 'card_removed',
  message: 'The card was taken out: put it in again.',
} as const;
const NO_PIN_WAY = {
  kind: 'failed',
  code: 'card_error',
  message: 'The card cannot take a PIN: ask for another card.',
} as const;

/** Tells what the card answers; the PIN stays the caller's to wipe. */
export async function presentPin(pin: CardData, { way, link, random }: Presenting): Promise<Presented> {
  const clear = pin.use(writePinBlock2);
  try {
    if (way.kind === 'plain') return await sent(verify(clear, false), link);
    const challenge = await exchange(getChallenge(), link);
    if (challenge === 'removed') return REMOVED;
    if (challenge === 'mute' || challenge.sw !== SW.ok || challenge.data.length !== CHALLENGE_BYTES)
      return NO_PIN_WAY;
    const block = encipherOfflinePin(way, { pinBlock: clear, unpredictableNumber: challenge.data, random });
    return block === undefined ? NO_PIN_WAY : await sent(verify(block, true), link);
  } finally {
    clear.fill(0);
  }
}

async function sent(command: ApduCommand, link: CardLink): Promise<Presented> {
  const answer = await exchange(command, link);
  if (answer === 'removed') return REMOVED;
  return answer === 'mute' ? NO_PIN_WAY : { kind: 'done', statusWord: answer.sw };
}

/** One command; its bytes are overwritten, since a PIN may have been in them. */
async function exchange(command: ApduCommand, link: CardLink) {
  const bytes = encodeCommand(command);
  const answer = await link.transmit(bytes).finally(() => bytes.fill(0));
  if (answer.kind !== 'answer') return answer.kind;
  const parsed = parseResponse(answer.response);
  return parsed.ok ? parsed.response : 'mute';
}
