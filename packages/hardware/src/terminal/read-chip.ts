/** From a card in the reader or in the field to what is known of it: the kernel runs to its first rest, a tap to its end. */
import {
  type CardIdentity,
  encodeCommand,
  getData,
  type Kernel,
  type KernelSetting,
  type PaymentOutcome,
  parseDataAnswer,
  parseResponse,
  SW,
} from '@holdfast/cards';
import type { CardLink } from '../ports/card-reader.ts';
import { expiryOfChip, factsOf, sourceOfChip } from './card-facts.ts';
import { ChipSession } from './chip-session.ts';
import { createKernelRun, type KernelRun } from './kernel-run.ts';
import { kernelSetting } from './kernel-setting.ts';
import type { CardFacts, CardSession, SettlementCard } from './payment-types.ts';
import type { ReadContext } from './read-context.ts';

type Reason = Extract<PaymentOutcome, { kind: 'terminated' }>['reason'];

export type ChipRead =
  | { kind: 'read'; session: CardSession }
  | { kind: 'terminated'; reason: Reason; isFallbackAllowed: boolean };

type Reading = {
  context: ReadContext;
  kernel: (setting: KernelSetting) => Kernel;
  entry: 'chip' | 'contactless';
};
type Known = { facts: CardFacts; card: SettlementCard };

const PIN_TRIES = 0x9f17;

/** What came of it; a card that is of no use is let go of and forgotten. */
export async function readChip(link: CardLink, { context, kernel, entry }: Reading): Promise<ChipRead> {
  const { options, signal } = context;
  let known: Known | undefined;
  let held: SettlementCard | undefined;
  const { amountMinor } = context;
  const setting = kernelSetting(options, { ...context, token: () => known?.facts.token });
  const run = createKernelRun({
    kernel: kernel(setting),
    link,
    pins: context.pins,
    choose: options.choose ?? (async () => 0),
    onCard: async (card) => {
      const read = settlementCardOf(card);
      held = read;
      const pinTriesLeft = entry === 'chip' ? await pinTriesOf(link) : null;
      const more = { entry, label: card.label, pinTriesLeft };
      known = { facts: await factsOf(sourceOfChip(card), more, options.secureElement), card: read };
    },
  });
  try {
    await run.advance(entry === 'chip' ? 'read' : 'examined', { signal, changes: {} });
  } catch (error) {
    await letGo({ run, link, card: held });
    throw error;
  }
  const { outcome } = run;
  if (outcome?.kind === 'terminated' || known === undefined) return await letGo({ run, link, card: held });
  const onSettled = () => letTake(context, link);
  if (entry === 'contactless') onSettled();
  const { risk, canGoOnline } = options;
  const session = new ChipSession({ run, link, entry, ...known, amountMinor, risk, canGoOnline, onSettled });
  return { kind: 'read', session };
}

/** The card has done its part. */
function letTake({ prompt }: ReadContext, link: CardLink): void {
  void link.release();
  prompt('remove_card');
}

async function letGo(of: {
  run: KernelRun;
  link: CardLink;
  card: SettlementCard | undefined;
}): Promise<ChipRead> {
  const { outcome } = of.run;
  of.card?.pan.wipe();
  of.card?.track2?.wipe();
  of.run.wipe();
  await of.link.release();
  if (outcome?.kind !== 'terminated')
    return { kind: 'terminated', reason: 'card_error', isFallbackAllowed: false };
  return { kind: 'terminated', reason: outcome.reason, isFallbackAllowed: outcome.isFallbackAllowed };
}

function settlementCardOf(card: CardIdentity): SettlementCard {
  const { pan, track2, sequenceNumber } = card;
  return { pan, track2, sequenceNumber, expiry: expiryOfChip(card) };
}

/** A look on the side while the kernel rests; a card that does not tell is asked again by the kernel, or never. */
async function pinTriesOf(link: CardLink): Promise<number | null> {
  const answer = await link.transmit(encodeCommand(getData(PIN_TRIES)));
  if (answer.kind !== 'answer') return null;
  const parsed = parseResponse(answer.response);
  if (!parsed.ok || parsed.response.sw !== SW.ok) return null;
  return parseDataAnswer(parsed.response.data, '9F17')?.[0] ?? null;
}
