/** From the tracks of a stripe to what is known of the card. Track 2 is what payments are made with; track 1 stands in. */
import {
  type CardData,
  type Expiry,
  isLuhnValid,
  parseTrack1,
  parseTrack2,
  serviceCodeOf,
} from '@holdfast/cards';
import type { StripeTracks } from '../ports/card-reader.ts';
import { factsOf, textOf } from './card-facts.ts';
import { terminalTime } from './local-time.ts';
import type { CardSession } from './payment-types.ts';
import type { ReadContext } from './read-context.ts';
import { decisionOf, StripeSession, type StripeSessionOptions } from './stripe-session.ts';

export type StripeRead =
  | { kind: 'read'; session: CardSession }
  | { kind: 'use_chip' }
  | { kind: 'unreadable' };

/** `track2` is the one that the number was read from; undefined where that was track 1. */
type Stripe = { pan: CardData; track2: CardData | undefined; expiry: Expiry; serviceCode: string };

/** What came of it. The tracks are wiped but for what the session holds. */
export async function readStripe(
  tracks: StripeTracks,
  { context, isFallback }: { context: ReadContext; isFallback: boolean },
): Promise<StripeRead> {
  const stripe = stripeOf(tracks);
  tracks.track1?.wipe();
  // A track that cannot be read may be of another number than the one that stands in for it.
  if (stripe?.track2 === undefined) tracks.track2?.wipe();
  if (stripe === undefined) return { kind: 'unreadable' };
  const of = await sessionOptions(stripe, { context, isFallback }).catch((error: unknown) => {
    wipe(stripe);
    throw error;
  });
  const decision = decisionOf(of, true);
  if (decision.kind === 'refused' && decision.reason === 'use_chip') {
    wipe(stripe);
    return { kind: 'use_chip' };
  }
  return { kind: 'read', session: new StripeSession(of) };
}

function wipe({ pan, track2 }: Stripe): void {
  pan.wipe();
  track2?.wipe();
}

async function sessionOptions(
  { pan, track2, expiry, serviceCode }: Stripe,
  { context, isFallback }: { context: ReadContext; isFallback: boolean },
): Promise<StripeSessionOptions> {
  const { options, pins, transaction, amountMinor } = context;
  const service = serviceCodeOf(serviceCode);
  const hasChipReader = options.reader.entries.includes('chip');
  const entry = isFallback && service.hasChip && hasChipReader ? 'fallback' : 'magstripe';
  const source = { pan, expiry: textOf(expiry), serviceCode };
  const facts = await factsOf(source, { entry, label: undefined, pinTriesLeft: null }, options.secureElement);
  return {
    facts,
    card: { pan, track2, sequenceNumber: undefined, expiry: facts.expiry },
    service,
    isFallback,
    today: terminalTime(options.ports.clock.nowMs(), options.timeZone).today,
    transaction,
    isAtm: transaction === 'cash',
    hasPinPad: options.pinPad !== undefined,
    hasChipReader,
    amountMinor,
    currency: options.currency,
    rules: options.stripe,
    risk: options.risk,
    pins,
    canGoOnline: options.canGoOnline,
  };
}

/** A number that fails its check digit was read wrong; a stripe without month or service code tells too little. */
function stripeOf({ track1, track2 }: StripeTracks): Stripe | undefined {
  const second = track2?.use(parseTrack2);
  const first = second?.ok === true ? undefined : track1?.use(parseTrack1);
  const read = second?.ok === true ? second : first;
  if (read?.ok !== true) return undefined;
  const { pan, expiry, serviceCode, discretionary } = read.track;
  discretionary.wipe();
  if (first?.ok === true) first.track.name.wipe();
  if (expiry !== undefined && serviceCode !== undefined && pan.use(isLuhnValid))
    return { pan, track2: second?.ok === true ? track2 : undefined, expiry, serviceCode };
  pan.wipe();
  return undefined;
}
