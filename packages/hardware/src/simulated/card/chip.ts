/**
 * The chip of a simulated card: bytes of a command in, bytes of an answer out, as under T=1 and by air, where an answer comes
 * at once and whole. What it must remember is durable before it answers.
 */
import type { Random } from '@holdfast/base';
import { encodeResponse, parseCommand, SW } from '@holdfast/cards';
import type { Interface } from './application.ts';
import { internalAuthenticate } from './authenticate.ts';
import { generateAc } from './generate-ac.ts';
import { getProcessingOptions } from './initiate.ts';
import { externalAuthenticate } from './issuer-answer.ts';
import type { MadeCard } from './make-card.ts';
import type { CardState } from './memory.ts';
import { getData, readRecord } from './read-data.ts';
import { blockApplication, blockCard, changePin, putData, unblockApplication } from './scripts.ts';
import { select } from './select.ts';
import { type Handler, type Session, status } from './session.ts';
import { getChallenge, verifyPin } from './verify-pin.ts';

/** A chip under power. One command at a time. */
export type Chip = {
  /** Rejects only if the memory cannot be written. */
  transmit(command: Uint8Array): Promise<Uint8Array>;
};

/** By class and instruction. */
const COMMANDS: ReadonlyMap<number, Handler> = new Map([
  [0x00a4, select],
  [0x00b2, readRecord],
  [0x80ca, getData],
  [0x80a8, getProcessingOptions],
  [0x0088, internalAuthenticate],
  [0x0084, getChallenge],
  [0x0020, verifyPin],
  [0x80ae, generateAc],
  [0x0082, externalAuthenticate],
  [0x841e, blockApplication],
  [0x8418, unblockApplication],
  [0x8416, blockCard],
  [0x8424, changePin],
  [0x04da, putData],
]);
const CLASSES: ReadonlySet<number> = new Set([...COMMANDS.keys()].map((code) => code >> 8));
const VERIFY = 0x0020;

/** Gives power to the chip of a card; its volatile state begins anew. */
export function powerUp(of: {
  card: MadeCard;
  via: Interface;
  /** What the chip remembers; `save` makes it durable. */
  state: CardState;
  save(): Promise<void>;
  random: Random;
}): Chip {
  const session: Session = {
    ...of,
    isDirectory: false,
    payment: undefined,
    challenge: undefined,
  };
  return {
    async transmit(bytes) {
      const parsed = parseCommand(bytes);
      if (!parsed.ok) return encodeResponse(status(SW.wrongLength));
      const { cla, ins } = parsed.command;
      const code = (cla << 8) | ins;
      const handler = COMMANDS.get(code);
      if (code !== VERIFY && handler !== getChallenge) session.challenge = undefined;
      if (handler === undefined) {
        return encodeResponse(status(CLASSES.has(cla) ? SW.instructionNotSupported : SW.classNotSupported));
      }
      return encodeResponse(await handler(session, parsed.command));
    },
  };
}
