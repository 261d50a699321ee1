/** A sale in the list: when, what, how much, and where it is. */
import type { EdgeTransaction } from '@holdfast/protocol';
import { MoneyText, parseAmount, StatusDot, useLocale } from '@holdfast/ui';
import { useT } from '../context.tsx';
import { linesOf } from '../logic/payload.ts';

export type SaleRowProps = {
  sale: EdgeTransaction;
  timeZone: string | undefined;
  onChoose: (sale: EdgeTransaction) => void;
};

/** The whole row opens the sale. */
export function SaleRow({ sale, timeZone, onChoose }: SaleRowProps) {
  const t = useT();
  const locale = useLocale();
  const time = new Intl.DateTimeFormat(locale, { timeStyle: 'short', timeZone }).format(
    Date.parse(sale.created_at),
  );
  const what = linesOf(sale.payload_json)
    .map((line) => (line.quantity === 1 ? line.name : `${line.quantity} × ${line.name}`))
    .join(', ');
  const arrived = sale.synced_at !== null;
  return (
    <li className="border-b border-line">
      <button
        type="button"
        onClick={() => onChoose(sale)}
        className="flex min-h-18 w-full items-center gap-3 px-5 py-2 text-start -outline-offset-2 hover:bg-sunken"
      >
        <span className="min-w-0 flex-1">
          <span className="block truncate text-15 font-medium">
            {what || t('sale_title', { code: sale.receipt_code })}
          </span>
          <span className="block truncate text-13 text-soft tabular-nums">
            {time} · {sale.receipt_code}
          </span>
        </span>
        <span className="flex flex-col items-end gap-1">
          <MoneyText
            amountMinor={parseAmount(sale.amount_total, sale.currency) ?? 0n}
            currency={sale.currency}
            className="text-15 font-semibold"
          />
          <StatusDot
            state={arrived ? 'arrived' : 'waiting'}
            word={t(arrived ? 'state_arrived' : 'state_waiting')}
          />
        </span>
      </button>
    </li>
  );
}
