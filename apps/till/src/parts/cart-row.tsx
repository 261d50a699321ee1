/** A line of the cart: name and price each, less and more, and what it comes to. */
import { cx, formatMoney, MoneyText, useLocale } from '@holdfast/ui';
import { Minus, Plus, Trash2 } from 'lucide-react';
import { useT } from '../context.tsx';
import type { CartLine } from '../logic/cart.ts';

export type CartRowProps = {
  line: CartLine;
  currency: string;
  onQuantity: (quantity: number) => void;
  onPrice: () => void;
};

const STEP =
  'grid size-14 shrink-0 place-items-center rounded-card border border-line hover:bg-sunken active:bg-sunken';

/** At a quantity of one, less takes the line out, and says so. */
export function CartRow({ line, currency, onQuantity, onPrice }: CartRowProps) {
  const t = useT();
  const locale = useLocale();
  const { name, quantity } = line;
  const last = quantity === 1;
  const changed = line.unitMinor !== line.listMinor;
  const price = (minor: bigint) => formatMoney(minor, { currency, locale });
  return (
    <li className="flex flex-wrap items-center justify-end gap-2 border-b border-line py-2 ps-2 pe-4">
      <button
        type="button"
        onClick={onPrice}
        className="min-h-14 min-w-0 grow basis-20 rounded-card px-2 text-start hover:bg-sunken"
      >
        <span className="line-clamp-2 text-15 leading-tight font-medium break-words">{name}</span>
        {(changed || !last) && (
          <span className="block text-13 text-soft tabular-nums">
            {changed && <s className="me-1.5">{price(line.listMinor)}</s>}
            <span className={cx('whitespace-nowrap', changed && 'font-medium text-text')}>
              {last ? price(line.unitMinor) : t('each', { price: price(line.unitMinor) })}
            </span>
          </span>
        )}
        <span className="sr-only">{t('edit_line')}</span>
      </button>
      <span className="flex shrink-0 items-center gap-2">
        <button
          type="button"
          aria-label={t(last ? 'remove' : 'less', { name })}
          className={STEP}
          onClick={() => onQuantity(quantity - 1)}
        >
          {last ? <Trash2 aria-hidden size={20} className="text-soft" /> : <Minus aria-hidden size={20} />}
        </button>
        <span className="w-7 text-center text-17 font-semibold tabular-nums">{quantity}</span>
        <button
          type="button"
          aria-label={t('more', { name })}
          className={STEP}
          onClick={() => onQuantity(quantity + 1)}
        >
          <Plus aria-hidden size={20} />
        </button>
      </span>
      <MoneyText
        amountMinor={line.unitMinor * BigInt(quantity)}
        currency={currency}
        className="min-w-20 text-15 font-medium"
      />
    </li>
  );
}
