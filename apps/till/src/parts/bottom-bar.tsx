/** The foot of a phone's screen: the way into the cart, and the next action where the thumb is. */
import { Button, MoneyText } from '@holdfast/ui';
import { ShoppingBasket } from 'lucide-react';
import { useT } from '../context.tsx';
import { type Cart, cartTotals } from '../logic/cart.ts';

export type BottomBarProps = {
  cart: Cart;
  currency: string;
  canPay: boolean;
  onCart: () => void;
  onPay: () => void;
};

/** Its height is the same with an empty cart. */
export function BottomBar({ cart, currency, canPay, onCart, onPay }: BottomBarProps) {
  const t = useT();
  const { totalMinor, pieces } = cartTotals(cart);
  return (
    <div className="flex shrink-0 gap-2 border-t border-line bg-surface p-4 pt-3">
      <Button className="min-h-18 flex-1 justify-start" onClick={onCart}>
        <ShoppingBasket aria-hidden size={22} className="shrink-0" />
        <span className="sr-only">{t('cart')}</span>
        <span className="min-w-0 text-start">
          <span className="block text-13 text-soft">{t('cart_pieces', { n: pieces })}</span>
          <MoneyText amountMinor={totalMinor} currency={currency} className="text-17 font-semibold" />
        </span>
      </Button>
      <Button look="primary" size="large" className="flex-1" disabled={!canPay} onClick={onPay}>
        {t('pay')}
      </Button>
    </div>
  );
}
