/** Today's sales: newest first, each with its way to the ledger as it happens. */
import type { EdgeTransaction } from '@holdfast/protocol';
import { Button, EmptyState, formatMoney, parseAmount, Sheet, Skeleton, Tile, useLocale } from '@holdfast/ui';
import { ChevronLeft, ReceiptText, TriangleAlert } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useT } from '../context.tsx';
import { useSales } from '../hooks/queries.ts';
import { useStore } from '../hooks/use-store.ts';
import { byDay } from '../logic/days.ts';
import { SaleDetails } from './sale-details.tsx';
import { SaleRow } from './sale-row.tsx';

/** One sale opens in the same drawer; back leads to the list. */
export function SalesDrawer({ onClose }: { onClose: () => void }) {
  const t = useT();
  const [waitingOnly, setWaitingOnly] = useState(false);
  const [chosen, setChosen] = useState<EdgeTransaction | null>(null);
  const sales = useSales({ waitingOnly, enabled: true });
  const rows = sales.data?.pages.flatMap((page) => page.transactions);
  if (chosen !== null) {
    const back = (
      <Button
        look="quiet"
        size="icon"
        className="-ms-3"
        aria-label={t('back')}
        onClick={() => setChosen(null)}
      >
        <ChevronLeft aria-hidden size={24} className="rtl:rotate-180" />
      </Button>
    );
    const title = t('sale_title', { code: chosen.receipt_code });
    return (
      <Sheet open onClose={onClose} title={title} closeLabel={t('close')} place="end" lead={back}>
        <SaleDetails sale={rows?.find((row) => row.id === chosen.id) ?? chosen} />
      </Sheet>
    );
  }
  return (
    <Sheet open onClose={onClose} title={t('sales_title')} closeLabel={t('close')} place="end">
      <fieldset
        aria-label={t('sales_filter')}
        className="grid shrink-0 grid-cols-2 gap-2 border-b border-line p-3"
      >
        {[false, true].map((only) => (
          <Tile
            key={String(only)}
            selected={waitingOnly === only}
            className="min-h-14 text-center! font-medium"
            onClick={() => setWaitingOnly(only)}
          >
            {t(only ? 'sales_waiting' : 'sales_all')}
          </Tile>
        ))}
      </fieldset>
      <Rows
        rows={rows}
        failed={sales.isError}
        complete={!sales.hasNextPage}
        waitingOnly={waitingOnly}
        onChoose={setChosen}
        onRetry={() => void sales.refetch()}
      >
        {sales.hasNextPage && (
          <Button
            className="m-3"
            disabled={sales.isFetchingNextPage}
            onClick={() => void sales.fetchNextPage()}
          >
            {t('sales_more')}
          </Button>
        )}
      </Rows>
    </Sheet>
  );
}

type RowsProps = {
  rows: EdgeTransaction[] | undefined;
  failed: boolean;
  /** Every sale has been read: only then can they be counted. */
  complete: boolean;
  waitingOnly: boolean;
  onChoose: (sale: EdgeTransaction) => void;
  onRetry: () => void;
  children: ReactNode;
};

function Rows({ rows, failed, complete, waitingOnly, onChoose, onRetry, children }: RowsProps) {
  const t = useT();
  const { timeZone, locale, today } = useStore();
  if (rows === undefined && failed) {
    return (
      <EmptyState icon={TriangleAlert} title={t('sales_failed')} text={t('sales_failed_text')}>
        <Button onClick={onRetry}>{t('try_again')}</Button>
      </EmptyState>
    );
  }
  if (rows === undefined) return <Skeleton className="m-3 h-18" />;
  if (rows.length === 0) {
    const [title, text] = waitingOnly
      ? (['sales_none_waiting', 'sales_none_waiting_text'] as const)
      : (['sales_none', 'sales_none_text'] as const);
    return <EmptyState icon={ReceiptText} title={t(title)} text={t(text)} />;
  }
  return (
    <div className="flex min-h-0 flex-1 flex-col overflow-y-auto">
      {byDay(rows, { timeZone, locale }).map(({ day, sales }) => (
        <section key={day} aria-label={day === today ? t('sales_today') : day}>
          <h3 className="sticky top-0 z-10 flex justify-between border-b border-line bg-sunken px-5 py-2 text-13 font-medium text-soft">
            {day === today ? t('sales_today') : day}
            {complete && <DaySum sales={sales} />}
          </h3>
          <ul>
            {sales.map((sale) => (
              <SaleRow key={sale.id} sale={sale} timeZone={timeZone} onChoose={onChoose} />
            ))}
          </ul>
        </section>
      ))}
      {children}
    </div>
  );
}

/** How many sales, and what they come to where they are all of one currency. */
function DaySum({ sales }: { sales: readonly EdgeTransaction[] }) {
  const t = useT();
  const locale = useLocale();
  const count = t('sales_count', { n: sales.length });
  const currency = sales[0]?.currency;
  if (currency === undefined || sales.some((sale) => sale.currency !== currency)) return count;
  const sumMinor = sales.reduce((sum, sale) => sum + (parseAmount(sale.amount_total, currency) ?? 0n), 0n);
  return (
    <span className="tabular-nums">
      {count} · {formatMoney(sumMinor, { currency, locale })}
    </span>
  );
}
