/** ISO 8583 in every ready packaging, and frames of a stream: what is read is written as the same bytes. */
import { must } from '@holdfast/base';
import {
  describeMessage,
  encodeMessage,
  FrameReader,
  PACKAGERS,
  parseMessage,
  toHex,
  wipeMessage,
} from '@holdfast/cards';
import { bytesOf, type FuzzTarget, hexBytes, holds } from '../target.ts';

const FRAMINGS = [
  { header: 'binary-2', isInclusive: true, bytesMax: 600 },
  { header: 'ascii-4', isInclusive: false, bytesMax: 600 },
] as const;

/** An input is a choice of packager, then a message. */
function withChoice(choice: number, message: Uint8Array): Uint8Array {
  return Uint8Array.of(choice, ...message);
}

/** Reads the stream in one piece and byte by byte; both give the same messages. */
function checkFrames(stream: Uint8Array, framing: (typeof FRAMINGS)[number]): string {
  const whole = new FrameReader(framing).push(stream);
  const reader = new FrameReader(framing);
  const messages: Uint8Array[] = [];
  for (const byte of stream) messages.push(...reader.push(Uint8Array.of(byte)).messages);
  const text = whole.messages.map(toHex).join(' ');
  holds(messages.map(toHex).join(' ') === text, 'a stream gives the same messages however it is cut');
  return text;
}

/** The fuzzed parser. */
export const target: FuzzTarget = {
  name: 'iso8583',
  bytesMax: 400,
  dictionary: ['0100', '0200', '0810', '16', '42', '7000000000000000', 'C2', '000', '99']
    .map(bytesOf)
    .concat(['0100', '0810', '8220000002000000', '0400000000000000', 'F0F0', '16'].map(hexBytes)),
  seeds: [
    withChoice(0, bytesOf('01007000000000000000164242424242424242123456000000000100')),
    withChoice(0, bytesOf('0800823A0000000000000400000000000000042009061390000109061304200420001')),
    withChoice(5, hexBytes('0810822000000200000004000000000000000501130427000005F0F00001')),
    withChoice(3, hexBytes('01007000000000000000164242424242424242123456000000000100')),
    withChoice(1, bytesOf('000401000004020000000')),
  ],
  run(input) {
    const [choice = 0] = input;
    const bytes = input.subarray(1);
    const frames = checkFrames(bytes, must(FRAMINGS[choice % FRAMINGS.length], 'there is a framing'));
    const packager = must(PACKAGERS[choice % PACKAGERS.length], 'there is a packager');
    const read = parseMessage(packager, bytes);
    if (!read.ok) return `refused: ${read.reason} ${read.field} ${frames}`;
    const written = encodeMessage(packager, read.message);
    holds(written.ok, 'what is read can be written');
    const described = JSON.stringify(describeMessage(packager, read.message));
    wipeMessage(read.message);
    const again = parseMessage(packager, written.bytes);
    holds(again.ok, 'what is written can be read');
    const third = encodeMessage(packager, again.message);
    holds(
      third.ok && toHex(third.bytes) === toHex(written.bytes),
      'what is written reads as the same message',
    );
    return `${toHex(written.bytes)} ${described} ${frames}`;
  },
};
