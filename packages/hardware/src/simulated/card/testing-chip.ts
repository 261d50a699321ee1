/** Commands by hand, for tests of what a chip answers to each. */
import {
  encodeCommand,
  encodeTlv,
  externalAuthenticate,
  findTlv,
  fromHex,
  generateAc,
  getChallenge,
  getData,
  getProcessingOptions,
  internalAuthenticate,
  parseResponse,
  parseTlv,
  readRecord,
  select,
  verify,
} from '@holdfast/cards';
import type { Chip } from './chip.ts';

/** A command by what a terminal calls it, or raw in hexadecimal. */
export const say = {
  select,
  readRecord,
  getData,
  getChallenge,
  verify,
  internalAuthenticate,
  externalAuthenticate,
  generateAc,
  options: (pdolData = new Uint8Array()) => getProcessingOptions(encodeTlv([{ tag: '83', value: pdolData }])),
};

type Said = ReturnType<typeof select> | Uint8Array | string;

/** Sends a command and reads the answer. */
export async function ask(chip: Chip, said: Said): Promise<{ data: Uint8Array; sw: string }> {
  const bytes =
    typeof said === 'string' ? fromHex(said) : said instanceof Uint8Array ? said : encodeCommand(said);
  const parsed = parseResponse(await chip.transmit(bytes));
  if (!parsed.ok) throw new Error(parsed.reason);
  const { data, sw } = parsed.response;
  return { data, sw: sw.toString(16).toUpperCase() };
}

/** The status word alone. */
export async function swOf(chip: Chip, said: Said): Promise<string> {
  return (await ask(chip, said)).sw;
}

/** The value of a tag in an answer. */
export function valueIn(data: Uint8Array, tag: string): Uint8Array {
  const parsed = parseTlv(data);
  const found = parsed.ok ? findTlv(parsed.objects, tag) : undefined;
  if (found === undefined) throw new Error(`the answer has ${tag}`);
  return found.value;
}

export const AID = {
  visa: fromHex('F0484644011010'),
  mastercard: fromHex('F0484644014010'),
};

/** Data of the inputs of every cryptogram, as CDOL1 of Visa's kind of cards asks for them: 25.00 in Sweden. */
export const CDOL1_DATA = fromHex(
  `${'000000002500'}${'000000000000'}${'0752'}${'0000000000'}${'0752'}${'261120'}${'00'}${'01020304'}`,
);

/** Selects and initiates, so that the rest of a payment can follow. */
export async function begin(chip: Chip, aid = AID.visa): Promise<void> {
  await ask(chip, say.select(aid));
  await ask(chip, say.options());
}
