/** Taking cash: tiles for what customers hand over, a keypad for the rest. Untouched, it is the exact sum. */
import {
  amountText,
  Button,
  currencyDecimals,
  cx,
  formatMoney,
  Keypad,
  MoneyText,
  Tile,
  useLocale,
} from '@holdfast/ui';
import { Banknote } from 'lucide-react';
import { useT } from '../context.tsx';
import { isTyping, useKeys } from '../hooks/use-keys.ts';
import type { Cart } from '../logic/cart.ts';
import { cashSuggestions } from '../logic/cash.ts';
import { keypadKey, pressAmount } from '../logic/entry.ts';
import { Total } from './cart-panel.tsx';
import { Order } from './order-lines.tsx';
import { PayFrame } from './pay-frame.tsx';
import { decimalMark } from './price-entry.tsx';

export type Entry = {
  /** What has been typed; empty means the exact sum. */
  text: string;
  setText: (text: string) => void;
  dueMinor: bigint;
  receivedMinor: bigint;
};

export type PayTenderProps = {
  cart: Cart;
  currency: string;
  entry: Entry;
  canTake: boolean;
  onTake: () => void;
};

/**
 * The button says that it is disabled rather than being it: it keeps the focus while an amount is typed.
 * Digits go to the amount wherever the focus is; Enter takes the money.
 */
export function PayTender({ cart, currency, entry, canTake, onTake }: PayTenderProps) {
  const t = useT();
  const locale = useLocale();
  const decimals = currencyDecimals(currency);
  const press = (key: Parameters<typeof pressAmount>[1]) =>
    entry.setText(pressAmount(entry.text, key, decimals));
  useKeys((event) => {
    const key = keypadKey(event.key);
    if (key === null || isTyping(event.target) || event.metaKey || event.ctrlKey || event.altKey) return;
    event.preventDefault();
    press(key);
  });
  const lines = cart.lines.map(({ name, quantity, unitMinor }) => ({
    name,
    quantity,
    unit_price: amountText(unitMinor, currency),
  }));
  const foot = (
    <>
      <Difference entry={entry} currency={currency} />
      <Button
        look="primary"
        size="large"
        className="mt-3 w-full"
        aria-disabled={!canTake}
        onClick={canTake ? onTake : undefined}
        data-autofocus
      >
        {t('take', { amount: formatMoney(entry.receivedMinor, { currency, locale }) })}
      </Button>
    </>
  );
  return (
    <PayFrame aside={<Order lines={lines} currency={currency} />} foot={foot}>
      <div className="m-auto grid w-full max-w-200 gap-3 min-[900px]:grid-cols-2 min-[900px]:gap-8">
        <div className="flex flex-col gap-4">
          <div className="max-[899px]:flex max-[899px]:items-center max-[899px]:justify-between">
            <p className="text-15 text-soft">{t('amount_due')}</p>
            <MoneyText
              amountMinor={entry.dueMinor}
              currency={currency}
              className="block text-start! text-48 font-semibold tracking-tight max-[899px]:text-32"
            />
          </div>
          <CashTiles entry={entry} currency={currency} />
        </div>
        <div className="flex flex-col gap-3">
          <p className="flex h-18 items-center justify-between rounded-card border border-line bg-surface px-4 max-[899px]:h-14">
            <span className="text-15 text-soft">{t('received')}</span>
            <MoneyText
              amountMinor={entry.receivedMinor}
              currency={currency}
              className={cx('text-32 font-semibold', entry.text === '' && 'text-soft')}
            />
          </p>
          <Keypad
            decimalMark={decimals === 0 ? null : decimalMark(locale)}
            backLabel={t('delete_digit')}
            onKey={press}
            className="min-[900px]:auto-rows-[64px]"
          />
        </div>
      </div>
    </PayFrame>
  );
}

function CashTiles({ entry, currency }: { entry: Entry; currency: string }) {
  const t = useT();
  const { dueMinor, receivedMinor, setText } = entry;
  return (
    <fieldset>
      <legend className="flex items-center gap-2 pb-2 text-15 font-medium max-[899px]:sr-only">
        <Banknote aria-hidden size={20} /> {t('cash')}
      </legend>
      <div className="grid grid-cols-2 gap-2 max-[899px]:grid-cols-4 max-[899px]:[&>:nth-child(n+5)]:hidden">
        {[dueMinor, ...cashSuggestions(dueMinor, currency)].map((sum) => (
          <Tile
            key={String(sum)}
            selected={sum === receivedMinor}
            className={cx(
              'min-h-14 px-1 text-center! min-[900px]:min-h-18',
              sum === dueMinor && 'min-[900px]:col-span-2',
            )}
            onClick={() => setText(sum === dueMinor ? '' : amountText(sum, currency))}
          >
            {sum === dueMinor && <span className="block text-13 text-soft">{t('cash_exact')}</span>}
            <MoneyText
              amountMinor={sum}
              currency={currency}
              short
              className="text-17 font-semibold max-[899px]:text-15"
            />
          </Tile>
        ))}
      </div>
    </fieldset>
  );
}

/** What goes back to the customer, or is still missing. */
function Difference({ entry, currency }: { entry: Entry; currency: string }) {
  const t = useT();
  const differenceMinor = entry.receivedMinor - entry.dueMinor;
  const missing = differenceMinor < 0n;
  return (
    <div className={cx(missing && 'text-waiting')} aria-live="polite">
      <Total
        label={missing ? t('still_due') : t('change')}
        totalMinor={missing ? -differenceMinor : differenceMinor}
        currency={currency}
      />
    </div>
  );
}
