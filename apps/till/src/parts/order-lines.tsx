/** The lines of an order, to read only. */
import { MoneyText, parseAmount } from '@holdfast/ui';
import { useT } from '../context.tsx';

export type OrderLine = { name: string; quantity: number; unit_price: string | number };

/** The lines under a head of the cart's height, so that an order stands where the cart stood. */
export function Order({ lines, currency }: { lines: readonly OrderLine[]; currency: string }) {
  const t = useT();
  const pieces = lines.reduce((sum, line) => sum + line.quantity, 0);
  return (
    <>
      <h3 className="flex h-14 shrink-0 items-center border-b border-line px-4 text-15 text-soft tabular-nums">
        {t('cart_pieces', { n: pieces })}
      </h3>
      <OrderLines lines={lines} currency={currency} />
    </>
  );
}

/** Lines of the wire: amounts are decimal strings. */
export function OrderLines({ lines, currency }: { lines: readonly OrderLine[]; currency: string }) {
  const t = useT();
  return (
    <ul aria-label={t('cart')} className="divide-y divide-line px-4">
      {lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines of a sale made never change their places.
        <li key={index} className="flex items-baseline gap-3 py-3 text-15">
          <span className="min-w-8 shrink-0 text-soft tabular-nums">{line.quantity} ×</span>
          <span className="min-w-0 flex-1 break-words">{line.name}</span>
          <MoneyText
            amountMinor={(parseAmount(String(line.unit_price), currency) ?? 0n) * BigInt(line.quantity)}
            currency={currency}
          />
        </li>
      ))}
    </ul>
  );
}
