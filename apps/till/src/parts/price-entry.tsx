/** An amount that is typed: on the keypad, on the keyboard, or in the field itself. */
import { amountText, currencyDecimals, Keypad, useLocale } from '@holdfast/ui';
import { useT } from '../context.tsx';
import { isTyping, useKeys } from '../hooks/use-keys.ts';
import { keypadKey, pressAmount } from '../logic/entry.ts';
import { Field } from './field.tsx';

export type PriceEntryProps = {
  label: string;
  text: string;
  onText: (text: string) => void;
  currency: string;
  /** Shown while nothing is typed. */
  untypedMinor?: bigint;
};

/** The decimal mark of a locale. */
export function decimalMark(locale: string): string {
  const parts = new Intl.NumberFormat(locale).formatToParts(1.5);
  return parts.find((part) => part.type === 'decimal')?.value ?? '.';
}

/** `text` is a decimal string with a dot; what is shown has the locale's mark. */
export function PriceEntry({ label, text, onText, currency, untypedMinor = 0n }: PriceEntryProps) {
  const t = useT();
  const locale = useLocale();
  const decimals = currencyDecimals(currency);
  const mark = decimals === 0 ? null : decimalMark(locale);
  useKeys((event) => {
    const key = keypadKey(event.key);
    if (key === null || isTyping(event.target) || event.metaKey || event.ctrlKey || event.altKey) return;
    event.preventDefault();
    onText(pressAmount(text, key, decimals));
  });
  const retype = (typed: string) => {
    let next = '';
    for (const char of typed) {
      const key = keypadKey(char);
      if (key !== null) next = pressAmount(next, key, decimals);
    }
    onText(next);
  };
  return (
    <div className="flex flex-col gap-3">
      <Field
        label={label}
        inputMode="decimal"
        value={text.replace('.', mark ?? '.')}
        placeholder={amountText(untypedMinor, currency).replace('.', mark ?? '.')}
        data-autofocus
        onChange={(event) => retype(event.target.value)}
        className="text-end text-32 font-semibold tabular-nums"
      />
      <Keypad
        decimalMark={mark}
        backLabel={t('delete_digit')}
        onKey={(key) => onText(pressAmount(text, key, decimals))}
      />
    </div>
  );
}
