/** The sale is saved: change in large type, the receipt, and its way to the ledger as it happens. */
import type { SaleReceipt } from '@holdfast/protocol';
import { Button, parseAmount, StatusDot } from '@holdfast/ui';
import { Printer } from 'lucide-react';
import { useT } from '../context.tsx';
import { useSale, useStatus } from '../hooks/queries.ts';
import type { PendingSale } from '../logic/sale-machine.ts';
import { Total } from './cart-panel.tsx';
import { Order } from './order-lines.tsx';
import { PayFrame } from './pay-frame.tsx';
import { PrintButton } from './print-button.tsx';
import { ReceiptView } from './receipt-view.tsx';

export type PayDoneProps = { sale: PendingSale; receipt: SaleReceipt; onNewSale: () => void };

/** Enter starts the next sale: its button has the focus. */
export function PayDone({ sale, receipt, onNewSale }: PayDoneProps) {
  const t = useT();
  const { edge_transaction_id: id, currency, receipt_code: code } = receipt;
  const foot = (
    <>
      <Total
        label={t('change')}
        totalMinor={parseAmount(receipt.change, currency) ?? 0n}
        currency={currency}
      />
      <Button
        look="primary"
        size="large"
        className="mt-3 w-full"
        onClick={onNewSale}
        data-autofocus
        autoFocus
      >
        {t('new_sale')}
      </Button>
    </>
  );
  const aside = (
    <>
      <Order lines={sale.body.items} currency={currency} />
      <div className="mt-auto flex flex-col gap-3 p-4">
        <Way id={id} />
        <PrintButton id={id} icon={Printer} />
      </div>
    </>
  );
  return (
    <PayFrame aside={aside} foot={foot}>
      <div className="flex flex-1 flex-col gap-4">
        <div className="min-[900px]:hidden">
          <Way id={id} />
        </div>
        <ReceiptView id={id} code={code} />
        <div className="grid min-[900px]:hidden">
          <PrintButton id={id} icon={Printer} />
        </div>
      </div>
    </PayFrame>
  );
}

function Way({ id }: { id: string }) {
  const t = useT();
  const { data: sale } = useSale(id);
  const { data: status } = useStatus();
  const arrived = sale?.synced_at != null;
  const online = status?.link.state === 'online';
  return (
    <div role="status" className="flex min-h-10 items-center gap-3 text-13">
      <StatusDot
        state={arrived ? 'arrived' : 'waiting'}
        word={t(arrived ? 'state_arrived' : 'state_waiting')}
      />
      <span className="text-soft">
        {t(arrived ? 'saved_arrived' : online ? 'saved_online' : 'saved_offline')}
      </span>
    </div>
  );
}
