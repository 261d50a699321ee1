/** The lines of an order, to read only. */
import { MoneyText, parseAmount } from '@holdfast/ui';
import { useT } from '../context.tsx';

export type OrderLine = { name: string; quantity: number; unit_price: string | number };

/** Lines of the wire: amounts are decimal strings. */
export function OrderLines({ lines, currency }: { lines: readonly OrderLine[]; currency: string }) {
  const t = useT();
  return (
    <ul aria-label={t('cart')} className="divide-y divide-line px-4">
      {lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines of a sale made never change their places.
        <li key={index} className="flex items-baseline gap-3 py-3 text-15">
          <span className="w-8 shrink-0 text-end text-soft tabular-nums">{line.quantity} ×</span>
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
