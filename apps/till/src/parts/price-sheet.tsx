/** Another price for a line: a discount in percent, or a price of one's own. */
import { Button, MoneyText, parseAmount, Sheet, Tile, useLocale } from '@holdfast/ui';
import { type FormEvent, useState } from 'react';
import { useT } from '../context.tsx';
import { type CartLine, discounted } from '../logic/cart.ts';
import { settled } from '../logic/entry.ts';
import { PriceEntry } from './price-entry.tsx';

const PERCENTS = [0, 10, 25, 50] as const;

export type PriceSheetProps = {
  line: CartLine;
  currency: string;
  onPrice: (unitMinor: bigint) => void;
  onClose: () => void;
};

/** The list price stays in sight. */
export function PriceSheet({ line, currency, onPrice, onClose }: PriceSheetProps) {
  const t = useT();
  const locale = useLocale();
  const [text, setText] = useState('');
  const [chosenMinor, setChosenMinor] = useState(line.unitMinor);
  // What is typed wins over what was tapped, and starts empty: nobody wants to delete the old price first.
  const unitMinor = text === '' ? chosenMinor : parseAmount(settled(text), currency);
  const percent = new Intl.NumberFormat(locale, { style: 'percent', signDisplay: 'negative' });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (unitMinor === null) return;
    onPrice(unitMinor);
    onClose();
  };
  return (
    <Sheet open onClose={onClose} title={t('line_title', { name: line.name })} closeLabel={t('close')}>
      <form onSubmit={submit} className="flex flex-col gap-4 overflow-y-auto p-5">
        <p className="flex justify-between text-15 text-soft">
          {t('line_list')} <MoneyText amountMinor={line.listMinor} currency={currency} />
        </p>
        <fieldset className="grid grid-cols-4 gap-2">
          <legend className="pb-1.5 text-13 font-medium text-soft">{t('discount')}</legend>
          {PERCENTS.map((off) => {
            const price = discounted(line.listMinor, off);
            return (
              <Tile
                key={off}
                selected={unitMinor === price}
                className="min-h-14 px-2 text-center! text-15 font-medium"
                onClick={() => {
                  setChosenMinor(price);
                  setText('');
                }}
              >
                {off === 0 ? t('line_none') : percent.format(-off / 100)}
              </Tile>
            );
          })}
        </fieldset>
        <PriceEntry
          label={t('line_own')}
          text={text}
          onText={setText}
          currency={currency}
          untypedMinor={chosenMinor}
        />
        <Button type="submit" look="primary" size="large" disabled={unitMinor === null}>
          {t('line_apply')}
        </Button>
      </form>
    </Sheet>
  );
}
