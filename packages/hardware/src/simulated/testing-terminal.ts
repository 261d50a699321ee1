/** A terminal for tests: the real kernels, with the real keys of the wallet's scheme, against a chip in reach. */
import { createVirtualPorts } from '@holdfast/base';
import {
  CardData,
  type CardPayment,
  createAuthenticator,
  createCaKeys,
  createContactKernel,
  createContactlessKernel,
  driveKernel,
  encipherOfflinePin,
  fromHex,
  type KernelAnswer,
  type KernelQuestion,
  type KernelSetting,
  type PaymentOutcome,
  type TerminalProfile,
  writePinBlock2,
} from '@holdfast/cards';
import { Secret } from '@holdfast/crypto';
import type { Chip } from './card/chip.ts';
import { createTestIssuer, type TestIssuer } from './testing-issuer.ts';
import { createWallet, type Wallet, type WalletOptions } from './wallet.ts';

const { random } = createVirtualPorts({ seed: 4_071 });
const ZEROS = fromHex('0000000000');

/** A wallet of small keys. */
export function testWallet(options: Partial<WalletOptions> = {}): Wallet {
  return createWallet({
    seed: new Secret(Buffer.from('a wallet of tests, and of nothing else')),
    random,
    today: { year: 2026, month: 11, day: 20 },
    modulusLengths: { ca: 144, issuer: 128, icc: 112 },
    ...options,
  });
}

export type Play = {
  wallet: Wallet;
  payment?: Partial<CardPayment>;
  terminal?: Partial<TerminalProfile>;
  application?: Partial<TerminalProfile['applications'][number]>;
  /** The PINs that are typed, one after the other; the last again and again. */
  pins?: readonly string[];
  /** Which of the applications is chosen. */
  choice?: number;
  /** `undefined`: nobody answers. */
  issuer?: TestIssuer | 'unreachable';
};

/** An attended terminal of a merchant in Sweden that takes all that the wallet has. */
export function settingOf({ wallet, payment, terminal, application }: Play): KernelSetting {
  const created = createCaKeys({ keys: wallet.caKeys, revoked: wallet.revoked });
  if (!created.ok) throw new Error(created.reason);
  return {
    terminal: {
      terminalType: 0x22,
      capabilities: fromHex('E0F8C8'),
      additionalCapabilities: fromHex('F000F0A001'),
      country: fromHex('0752'),
      usesDirectory: true,
      hasApplicationChoice: true,
      applications: wallet.applications.map(({ aid, version }) => ({
        aid,
        isPartial: true,
        version,
        floorLimit: 10_000n,
        actionCodes: { denial: ZEROS, online: ZEROS, default: ZEROS },
        contactless: { transactionLimit: 40_000n, cvmLimit: 5_000n, floorLimit: 10_000n },
        ...application,
      })),
      elements: [],
      ...terminal,
    },
    payment: {
      amount: 2_500n,
      otherAmount: 0n,
      currency: fromHex('0752'),
      currencyExponent: 2,
      kind: 'purchase',
      transactionType: 0,
      date: fromHex('261120'),
      time: fromHex('101500'),
      sequenceCounter: 7,
      isForcedOnline: false,
      ...payment,
    },
    authenticator: createAuthenticator(created.caKeys),
    risk: { lastAmount: () => undefined, isOnExceptionList: () => false },
    random,
  };
}

/** A payment by contact or by tapping, to its end. */
export async function pay(chip: Chip, via: 'contact' | 'contactless', play: Play): Promise<PaymentOutcome> {
  const setting = settingOf(play);
  const kernel = via === 'contact' ? createContactKernel(setting) : createContactlessKernel(setting);
  const pins = [...(play.pins ?? [])];
  return await driveKernel(kernel, {
    transmit: (command) => chip.transmit(command),
    answer: async (question) => answerOf(question, play, pins),
  });
}

/** The chip of a card of the wallet, under power. */
export function chipOf(wallet: Wallet, id: string, via: 'contact' | 'contactless' = 'contact'): Chip {
  const chip = wallet.card(id)?.powerUp(via);
  if (chip === undefined) throw new Error(`${id} has no chip that answers`);
  return chip;
}

type Asked = Exclude<KernelQuestion, { ask: 'transmit' }>;

function answerOf(question: Asked, play: Play, pins: string[]): KernelAnswer {
  switch (question.ask) {
    case 'checkpoint':
      return { to: 'checkpoint', kind: 'go_on', changes: {} };
    case 'choose_application':
      return { to: 'choose_application', kind: 'chosen', index: play.choice ?? 0 };
    case 'offline_pin':
      return { to: 'offline_pin', kind: 'entered', block: blockOf(question, nextOf(pins)) };
    case 'online_pin':
      return { to: 'online_pin', kind: 'captured' };
    case 'authorise': {
      const { issuer = createTestIssuer(play.wallet) } = play;
      const answer =
        issuer === 'unreachable'
          ? ({ to: 'authorise', kind: 'unreachable' } as const)
          : issuer.answer(question);
      question.pan.wipe();
      question.track2?.wipe();
      return answer;
    }
  }
}

function nextOf(pins: string[]): string {
  const pin = pins.length > 1 ? pins.shift() : pins[0];
  if (pin === undefined) throw new Error('the test has typed no PIN');
  return pin;
}

function blockOf({ encipherment }: Asked & { ask: 'offline_pin' }, pin: string): CardData {
  const block = writePinBlock2(new TextEncoder().encode(pin));
  if (encipherment === undefined) return CardData.take(block);
  const { modulus, exponent, challenge } = encipherment;
  const of = { pinBlock: block, unpredictableNumber: challenge, random };
  const enciphered = encipherOfflinePin({ modulus, exponent }, of);
  if (enciphered === undefined) throw new Error('the key of the card is one that EMV allows');
  return CardData.take(enciphered);
}
