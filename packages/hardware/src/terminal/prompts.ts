/** What the customer reads on the display while a card is waited for. */
import type { Display } from '../ports/small-devices.ts';

export type Prompt =
  | 'present_card'
  | 'insert_card'
  | 'one_card'
  | 'try_again'
  | 'swipe_card'
  | 'please_wait'
  | 'remove_card';

const ENGLISH: Readonly<Record<Prompt, string>> = {
  present_card: 'Please present card',
  insert_card: 'Please insert card',
  one_card: 'One card only please',
  try_again: 'Please try again',
  swipe_card: 'Please swipe card',
  please_wait: 'Please wait',
  remove_card: 'Please remove card',
};

const WORDS: Readonly<Record<string, Readonly<Record<Prompt, string>>>> = {
  en: ENGLISH,
  sv: {
    present_card: 'Visa kort',
    insert_card: 'Sätt i kort',
    one_card: 'Bara ett kort',
    try_again: 'Försök igen',
    swipe_card: 'Dra kortet',
    please_wait: 'Vänta',
    remove_card: 'Ta ut kort',
  },
  de: {
    present_card: 'Karte bitte',
    insert_card: 'Karte einstecken',
    one_card: 'Nur eine Karte',
    try_again: 'Noch einmal bitte',
    swipe_card: 'Karte durchziehen',
    please_wait: 'Bitte warten',
    remove_card: 'Karte entnehmen',
  },
};

export type Prompter = (prompt: Prompt, amount?: string) => void;

/** Shows prompts in the language of a locale, else in English. A display that is gone changes nothing of a payment. */
export function createPrompter(display: Display | undefined, locale: string): Prompter {
  const words = WORDS[new Intl.Locale(locale).language] ?? ENGLISH;
  return (prompt, amount) => {
    const lines = amount === undefined ? [words[prompt]] : [words[prompt], amount];
    void display?.show(lines);
  };
}
