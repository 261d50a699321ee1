/** The languages of the till, and how a message is found and filled in. */
import { DE } from './de.ts';
import { EN, type Message, type StringKey, type Strings } from './en.ts';
import { SV } from './sv.ts';

export const LANGUAGES = {
  en: { name: 'English', strings: EN },
  sv: { name: 'Svenska', strings: SV },
  de: { name: 'Deutsch', strings: DE },
} as const satisfies Record<string, { name: string; strings: Strings }>;

export type Language = keyof typeof LANGUAGES;
export type Params = Readonly<Record<string, string | number>>;
export type Translate = (key: StringKey, params?: Params) => string;

/** The first language the till speaks among those a person prefers. */
export function chooseLanguage(preferred: readonly string[]): { language: Language; locale: string } {
  for (const tag of preferred) {
    const language = tag.toLowerCase().split('-')[0] ?? '';
    if (isLanguage(language)) return { language, locale: canonical(tag) ?? language };
  }
  return { language: 'en', locale: 'en' };
}

const EUROPEAN = ['SEK', 'NOK', 'DKK', 'EUR', 'CHF', 'PLN', 'CZK'];

/** The locale that formats money and time: English in a European store writes them as Europe does. */
export function formatLocale(locale: string, currency: string): string {
  return locale.startsWith('en') && EUROPEAN.includes(currency) ? 'en-150' : locale;
}

/** Finds and fills messages; a message that a language lacks is English. */
export function translator({ language, locale }: { language: Language; locale: string }): Translate {
  const strings: Strings = LANGUAGES[language].strings;
  const plurals = new Intl.PluralRules(locale);
  const numbers = new Intl.NumberFormat(locale);
  return (key, params = {}) => {
    const message: Message = strings[key] ?? EN[key];
    const text = typeof message === 'string' ? message : pick(message, params.n, plurals);
    return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
      const value = params[name];
      if (value === undefined) return whole;
      return typeof value === 'number' ? numbers.format(value) : value;
    });
  };
}

function pick(message: { one: string; other: string }, n: unknown, plurals: Intl.PluralRules): string {
  return typeof n === 'number' && plurals.select(n) === 'one' ? message.one : message.other;
}

function isLanguage(text: string): text is Language {
  return Object.hasOwn(LANGUAGES, text);
}

/** The tag as BCP 47 writes it; null for a tag that is none, which `?lang=` may carry. */
function canonical(tag: string): string | null {
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? null;
  } catch {
    return null;
  }
}
