import { describe, expect, test } from 'vitest';
import { chooseLanguage, formatLocale, LANGUAGES, translator } from './catalogue.ts';
import { EN, type Message, type StringKey, type Strings } from './en.ts';

function holes(message: Message): string[] {
  const texts = typeof message === 'string' ? [message] : [message.one, message.other];
  return [...new Set(texts.flatMap((text) => text.match(/\{\w+\}/g) ?? []))].sort();
}

describe('the catalogues', () => {
  for (const [language, { strings }] of Object.entries(LANGUAGES)) {
    test(`${language} has no key and no hole that English lacks`, () => {
      for (const [key, message] of Object.entries(strings as Strings)) {
        expect(EN).toHaveProperty(key);
        expect([key, holes(message)]).toEqual([key, holes(EN[key as StringKey])]);
        expect([key, typeof message]).toEqual([key, typeof EN[key as StringKey]]);
      }
    });

    test(`${language} says what is on the way of every sale`, () => {
      const keys: StringKey[] = [
        'pay',
        'total',
        'amount_due',
        'change',
        'new_sale',
        'checking',
        'no_room',
        'edge_gone',
      ];
      for (const key of keys) expect((strings as Strings)[key]).toBeTruthy();
    });
  }
});

describe('messages', () => {
  test('are filled, and plural forms chosen', () => {
    const t = translator({ language: 'en', locale: 'en' });
    expect(t('waiting_sales', { n: 1 })).toBe('1 sale waits');
    expect(t('waiting_sales', { n: 1_234 })).toBe('1,234 sales wait');
    expect(t('sign_in_pin', { name: 'Anna {n}' })).toBe('PIN of Anna {n}');
  });

  test('fall back to English where a language lacks them', () => {
    expect(translator({ language: 'sv', locale: 'sv' })('sync_failed')).toBe(EN.sync_failed);
  });

  test('English follows the store', () => {
    expect(formatLocale('en-US', 'SEK')).toBe('en-150');
    expect(formatLocale('en-US', 'USD')).toBe('en-US');
    expect(formatLocale('sv-SE', 'SEK')).toBe('sv-SE');
  });

  test('the language is the first preferred one that is spoken', () => {
    expect(chooseLanguage(['fr-FR', 'sv-SE', 'en'])).toEqual({ language: 'sv', locale: 'sv-SE' });
    expect(chooseLanguage(['de_AT'])).toEqual({ language: 'en', locale: 'en' });
    expect(chooseLanguage(['xx'])).toEqual({ language: 'en', locale: 'en' });
  });
});
