/** The cart: lines, note, discount, total, one big button. The foot never moves. */
import { Button, cx, EmptyState, formatMoney, MoneyText, useLocale } from '@holdfast/ui';
import { ShoppingBasket } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useT } from '../context.tsx';
import type { CartControl } from '../hooks/use-cart.ts';
import { type CartLine, cartTotals, setNote, setPrice, setQuantity } from '../logic/cart.ts';
import { CartRow } from './cart-row.tsx';
import { PriceSheet } from './price-sheet.tsx';

export type CartPanelProps = { cart: CartControl; currency: string; canPay: boolean; onPay: () => void };

/** Lies in the column of a wide screen and in the sheet of a narrow one. */
export function CartPanel({ cart, currency, canPay, onPay }: CartPanelProps) {
  const t = useT();
  const { lines, note } = cart.cart;
  const totals = cartTotals(cart.cart);
  const [priced, setPriced] = useState<CartLine | null>(null);
  return (
    <div className="flex min-h-0 min-w-0 flex-1 flex-col">
      <div className="flex h-14 shrink-0 items-center justify-between border-b border-line ps-4 max-[899px]:hidden">
        <h2 className="text-17 font-semibold">
          {t('cart')}{' '}
          <span className="font-normal text-soft tabular-nums">{totals.pieces > 0 && totals.pieces}</span>
        </h2>
        <Button look="quiet" className={cx(lines.length === 0 && 'invisible')} onClick={cart.clear}>
          {t('cart_clear')}
        </Button>
      </div>
      <Lines cart={cart} currency={currency} onPrice={setPriced} />
      <div className="shrink-0 border-t border-line p-4">
        <input
          aria-label={t('note')}
          placeholder={t('note')}
          value={note}
          maxLength={128}
          autoComplete="off"
          onChange={(event) => cart.change((current) => setNote(current, event.target.value))}
          className="h-14 w-full rounded-card border border-line bg-surface px-4 text-15"
        />
        <div
          className={cx(
            'mt-2 flex h-6 items-center justify-between text-15 text-soft',
            totals.discountMinor === 0n && 'invisible',
          )}
        >
          {t('discount')} <MoneyText amountMinor={-totals.discountMinor} currency={currency} />
        </div>
        <Total totalMinor={totals.totalMinor} currency={currency} />
        <Button look="primary" size="large" className="mt-3 w-full" disabled={!canPay} onClick={onPay}>
          {t('pay')}
        </Button>
      </div>
      {priced !== null && (
        <PriceSheet
          line={priced}
          currency={currency}
          onClose={() => setPriced(null)}
          onPrice={(unitMinor) => cart.change((current) => setPrice(current, { id: priced.id, unitMinor }))}
        />
      )}
    </div>
  );
}

/** The 48-pixel figure of a screen; a long one shrinks rather than breaks. */
export function Total({
  totalMinor,
  currency,
  label,
}: {
  totalMinor: bigint;
  currency: string;
  label?: string;
}) {
  const t = useT();
  const locale = useLocale();
  const long = formatMoney(totalMinor, { currency, locale }).length > 11;
  return (
    <p className="flex h-14 items-center justify-between gap-3">
      <span className="text-17 font-medium">{label ?? t('total')}</span>
      <MoneyText
        amountMinor={totalMinor}
        currency={currency}
        className={cx('font-semibold tracking-tight', long ? 'text-32' : 'text-48')}
      />
    </p>
  );
}

type LinesProps = { cart: CartControl; currency: string; onPrice: (line: CartLine) => void };

function Lines({ cart, currency, onPrice }: LinesProps) {
  const t = useT();
  const { lines } = cart.cart;
  const end = useRef<HTMLLIElement>(null);
  const count = lines.length;
  const before = useRef(count);
  useEffect(() => {
    if (count > before.current) end.current?.scrollIntoView({ block: 'nearest' });
    before.current = count;
  }, [count]);
  if (count === 0)
    return <EmptyState icon={ShoppingBasket} title={t('cart_empty')} text={t('cart_empty_text')} />;
  return (
    <ul aria-label={t('cart')} className="min-h-0 flex-1 overflow-y-auto">
      {lines.map((line) => (
        <CartRow
          key={line.id}
          line={line}
          currency={currency}
          onQuantity={(quantity) => cart.change((current) => setQuantity(current, { id: line.id, quantity }))}
          onPrice={() => onPrice(line)}
        />
      ))}
      <li ref={end} aria-hidden />
    </ul>
  );
}
