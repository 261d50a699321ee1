/** What the customer reads on the display in the course of a payment, from the wait for a card to its answer. */
import type { Outcome } from '../ports/device.ts';
import type { Display } from '../ports/small-devices.ts';
import type { CardEntry } from './payment-types.ts';

export type Prompt =
  | 'present_card'
  | 'insert_card'
  | 'one_card'
  | 'try_again'
  | 'swipe_card'
  | 'reading_card'
  | 'enter_pin'
  | 'please_wait'
  | 'remove_card'
  | 'approved'
  | 'declined'
  | 'cancelled';

const ENGLISH: Readonly<Record<Prompt, string>> = {
  present_card: 'Please present card',
  insert_card: 'Please insert card',
  one_card: 'One card only please',
  try_again: 'Please try again',
  swipe_card: 'Please swipe card',
  reading_card: 'Reading card',
  enter_pin: 'Please enter PIN',
  please_wait: 'Please wait',
  remove_card: 'Please remove card',
  approved: 'Approved',
  declined: 'Declined',
  cancelled: 'Cancelled',
};

const WORDS: Readonly<Record<string, Readonly<Record<Prompt, string>>>> = {
  en: ENGLISH,
  sv: {
    present_card: 'Visa kort',
    insert_card: 'Sätt i kort',
    one_card: 'Bara ett kort',
    try_again: 'Försök igen',
    swipe_card: 'Dra kortet',
    reading_card: 'Läser kortet',
    enter_pin: 'Ange PIN-kod',
    please_wait: 'Vänta',
    remove_card: 'Ta ut kort',
    approved: 'Godkänt',
    declined: 'Nekat',
    cancelled: 'Avbrutet',
  },
  de: {
    present_card: 'Karte bitte',
    insert_card: 'Karte einstecken',
    one_card: 'Nur eine Karte',
    try_again: 'Noch einmal bitte',
    swipe_card: 'Karte durchziehen',
    reading_card: 'Karte wird gelesen',
    enter_pin: 'Bitte PIN eingeben',
    please_wait: 'Bitte warten',
    remove_card: 'Karte entnehmen',
    approved: 'Genehmigt',
    declined: 'Abgelehnt',
    cancelled: 'Abgebrochen',
  },
};

/** Shows one prompt, with the amount below it if it is given, or several below each other. */
export type Prompter = (prompt: Prompt | readonly Prompt[], amount?: string) => void;

/** Shows prompts in the language of a locale, else in English. A display that is gone changes nothing of a payment. */
export function createPrompter(display: Display | undefined, locale: string): Prompter {
  const words = WORDS[new Intl.Locale(locale).language] ?? ENGLISH;
  return (prompt, amount) => {
    const lines = [prompt].flat().map((name) => words[name]);
    void display?.show(amount === undefined ? lines : [...lines, amount]);
  };
}

/** Failures after which a payment does not go on. */
const ENDINGS: Readonly<Record<string, Prompt>> = {
  approved_by_card: 'approved',
  declined_by_card: 'declined',
  card_blocked: 'declined',
  card_not_accepted: 'declined',
  card_unreadable: 'declined',
  cancelled: 'cancelled',
  card_removed: 'cancelled',
  reader_unavailable: 'cancelled',
};

/**
 * What the customer reads when a step was the last one; undefined where its answer is no ending. `entry` is undefined
 * while no card was read: one that was refused may lie in the reader, and is to be taken like one that was read there.
 */
export function promptsOfEnding(
  answer: Outcome<object, string>,
  entry: CardEntry | undefined,
): readonly Prompt[] | undefined {
  const ending = endingOf(answer);
  if (ending === undefined) return undefined;
  const isGone = answer.kind === 'failed' && answer.code === 'card_removed';
  const isInReader = entry === 'chip' || (entry === undefined && ending === 'declined');
  return isInReader && !isGone ? [ending, 'remove_card'] : [ending];
}

function endingOf(answer: Outcome<object, string>): Prompt | undefined {
  if (answer.kind === 'failed') return ENDINGS[answer.code];
  if ('isApproved' in answer) return answer.isApproved === true ? 'approved' : 'declined';
  return 'evidence' in answer ? 'approved' : undefined;
}
