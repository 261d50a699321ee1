/** One sale in full: where it is, who sold it, its lines, and its receipt to print again; of a pruned one, what is left. */
import type { EdgeTransaction } from '@holdfast/protocol';
import { EmptyState, MoneyText, parseAmount, StatusDot } from '@holdfast/ui';
import { Archive, Printer } from 'lucide-react';
import type { ReactNode } from 'react';
import { useT } from '../context.tsx';
import { useStaff } from '../hooks/queries.ts';
import { useStore } from '../hooks/use-store.ts';
import { linesOf } from '../logic/payload.ts';
import { Age } from './age.tsx';
import { OrderLines } from './order-lines.tsx';
import { PrintButton } from './print-button.tsx';
import { ReceiptView } from './receipt-view.tsx';

/** Follows the sale as it arrives. */
export function SaleDetails({ sale }: { sale: EdgeTransaction }) {
  const t = useT();
  const { timeZone, locale } = useStore();
  const { data: staff } = useStaff();
  const { currency } = sale;
  const seller = staff?.find((person) => person.staff_id === sale.cashier_id)?.name ?? sale.cashier_id;
  const time = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium', timeZone });
  const arrived = sale.synced_at !== null;
  return (
    <div className="flex min-h-0 flex-1 flex-col overflow-y-auto">
      <div className="flex items-center justify-between gap-3 p-5">
        <StatusDot
          state={arrived ? 'arrived' : 'waiting'}
          word={t(arrived ? 'state_arrived' : 'state_waiting')}
        />
        <MoneyText
          amountMinor={parseAmount(sale.amount_total, currency) ?? 0n}
          currency={currency}
          className="text-32 font-semibold"
        />
      </div>
      <dl className="mx-5 divide-y divide-line border-y border-line">
        <Row name={t('sale_at')}>
          {time.format(Date.parse(sale.created_at))} · <Age at={sale.created_at} />
        </Row>
        {sale.synced_at !== null && (
          <Row name={t('sale_arrived_at')}>{time.format(Date.parse(sale.synced_at))}</Row>
        )}
        <Row name={t('sale_by')}>{seller}</Row>
        {sale.customer_reference !== null && <Row name={t('sale_reference')}>{sale.customer_reference}</Row>}
        <Row name={t('sale_number')}>{sale.seq}</Row>
        {sale.flags.length > 0 && <Row name={t('sale_flags')}>{sale.flags.join(', ')}</Row>}
      </dl>
      {sale.pruned ? (
        <EmptyState
          icon={Archive}
          title={t('receipt', { code: sale.receipt_code })}
          text={t('sale_pruned')}
        />
      ) : (
        <Contents sale={sale} />
      )}
    </div>
  );
}

function Contents({ sale }: { sale: EdgeTransaction }) {
  return (
    <>
      <div className="px-1 py-2">
        <OrderLines lines={linesOf(sale.payload_json)} currency={sale.currency} />
      </div>
      <div className="flex flex-col gap-3 bg-ground p-5">
        <ReceiptView id={sale.edge_transaction_id} code={sale.receipt_code} />
        <PrintButton id={sale.edge_transaction_id} icon={Printer} />
      </div>
    </>
  );
}

function Row({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex justify-between gap-4 py-2.5 text-15">
      <dt className="shrink-0 text-soft">{name}</dt>
      <dd className="min-w-0 text-end break-words tabular-nums">{children}</dd>
    </div>
  );
}
