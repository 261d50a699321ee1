/**
 * Waiting for a card until there is one that can be worked with: a chip that gives out may be swiped, a stripe of a card
 * with a chip is sent to the chip, a tap over its limit as well (EMV Book 4 11.2, EMV Contactless Book A 3).
 */
import { createContactKernel, createContactlessKernel } from '@holdfast/cards';
import type { EntryMode, Presented } from '../ports/card-reader.ts';
import type { Outcome } from '../ports/device.ts';
import { codeOf, failed } from './failures.ts';
import type { CardSession, ReadFailure } from './payment-types.ts';
import type { Prompt } from './prompts.ts';
import { type ChipRead, readChip } from './read-chip.ts';
import type { ReadContext } from './read-context.ts';
import { readStripe } from './read-stripe.ts';

/** What was tried so far. */
type Attempts = {
  entries: readonly EntryMode[];
  /** The chip gave out for a technical reason: the stripe may stand in for it. */
  isFallback: boolean;
  prompt: Prompt;
};

type Read = Outcome<{ session: CardSession }, ReadFailure>;
/** A card, or what to try next. */
type Looked = Read | { kind: 'again'; attempts: Attempts };

/** How often a customer may try before somebody is told. */
const ATTEMPTS_MAX = 6;

export async function readCard(context: ReadContext): Promise<Read> {
  const { reader } = context.options;
  let attempts: Attempts = { entries: entriesAtFirst(context), isFallback: false, prompt: 'present_card' };
  for (let count = 0; count < ATTEMPTS_MAX; count += 1) {
    context.prompt(attempts.prompt);
    const presented = await reader.present({ entries: attempts.entries, signal: context.signal });
    if ('link' in presented) context.prompt('reading_card');
    const looked = await look(presented, attempts, context);
    if (looked.kind !== 'again') return looked;
    attempts = looked.attempts;
    await cleared(presented, context);
  }
  return failed('card_unreadable');
}

/** Nothing else can be tried while a card is in the reader, and its holder takes it out when told to. */
async function cleared(presented: Presented, { options, prompt, signal }: ReadContext): Promise<void> {
  if (presented.kind === 'magstripe') return;
  if (presented.kind === 'unreadable' ? presented.entry === 'chip' : presented.kind === 'chip')
    prompt('remove_card');
  await options.reader.cleared(signal);
}

/** A tap needs its amount before it begins, and one below the limits of some application. */
function entriesAtFirst({ options, amountMinor }: ReadContext): readonly EntryMode[] {
  const isTapAllowed =
    amountMinor !== undefined &&
    options.profile.applications.some(
      ({ contactless }) => contactless !== undefined && amountMinor < contactless.transactionLimit,
    );
  return options.reader.entries.filter((entry) => entry !== 'contactless' || isTapAllowed);
}

async function look(presented: Presented, attempts: Attempts, context: ReadContext): Promise<Looked> {
  switch (presented.kind) {
    case 'aborted':
      return failed('cancelled');
    case 'gone':
      return failed('reader_unavailable');
    case 'collision':
      return { kind: 'again', attempts: { ...attempts, prompt: 'one_card' } };
    case 'unreadable':
      return presented.entry === 'chip'
        ? afterChipFailed(attempts, context)
        : { kind: 'again', attempts: { ...attempts, prompt: 'try_again' } };
    case 'magstripe':
      return await lookAtStripe(presented, attempts, context);
    case 'chip':
      return afterChip(
        await readChip(presented.link, { context, kernel: createContactKernel, entry: 'chip' }),
        {
          attempts,
          context,
        },
      );
    case 'contactless':
      return afterTap(
        await readChip(presented.link, { context, kernel: createContactlessKernel, entry: 'contactless' }),
        attempts,
      );
  }
}

async function lookAtStripe(
  { tracks }: Extract<Presented, { kind: 'magstripe' }>,
  attempts: Attempts,
  context: ReadContext,
): Promise<Looked> {
  const read = await readStripe(tracks, { context, isFallback: attempts.isFallback });
  if (read.kind === 'read') return { kind: 'done', session: read.session };
  const prompt = read.kind === 'use_chip' ? 'insert_card' : 'try_again';
  return { kind: 'again', attempts: { ...attempts, prompt } };
}

function afterChip(
  read: ChipRead,
  { attempts, context }: { attempts: Attempts; context: ReadContext },
): Looked {
  if (read.kind === 'read') return { kind: 'done', session: read.session };
  if (read.isFallbackAllowed) return afterChipFailed(attempts, context);
  const code = codeOf(read.reason);
  return failed(code);
}

/** The chip may be tried once more; where stripes stand in for chips, the stripe may be, too. */
function afterChipFailed(attempts: Attempts, { options }: ReadContext): Looked {
  const canSwipe = options.stripe.acceptsFallback && options.reader.entries.includes('magstripe');
  const prompt = canSwipe ? 'swipe_card' : 'try_again';
  const entries = attempts.entries.filter((entry) => entry !== 'contactless');
  return { kind: 'again', attempts: { entries, isFallback: canSwipe, prompt } };
}

/** A tap that did not do leads to the chip, and only a card that was taken away too soon may be tapped again. */
function afterTap(read: ChipRead, attempts: Attempts): Looked {
  if (read.kind === 'read') return { kind: 'done', session: read.session };
  if (read.reason === 'cancelled' || read.reason === 'card_blocked') return failed(codeOf(read.reason));
  if (read.reason === 'card_removed')
    return { kind: 'again', attempts: { ...attempts, prompt: 'try_again' } };
  const entries = attempts.entries.filter((entry) => entry !== 'contactless');
  if (!entries.includes('chip')) return failed('card_not_accepted');
  return { kind: 'again', attempts: { ...attempts, entries, prompt: 'insert_card' } };
}
