/** Payment: a sheet over the grid. Its last button stands where Pay stood, on every step. */
import { amountText, parseAmount, Sheet } from '@holdfast/ui';
import { useState } from 'react';
import { useT, useTill } from '../context.tsx';
import { useEdgeGone } from '../hooks/queries.ts';
import type { CartControl } from '../hooks/use-cart.ts';
import type { SaleFlow } from '../hooks/use-sale-flow.ts';
import { cartTotals, saleRequest } from '../logic/cart.ts';
import { settled } from '../logic/entry.ts';
import { outcomeOpen } from '../logic/sale-machine.ts';
import { uuidV7 } from '../logic/uuid.ts';
import type { Staff } from '../session.ts';
import { PayDone } from './pay-done.tsx';
import { PayOpen } from './pay-open.tsx';
import { PayRefused } from './pay-refused.tsx';
import { PayTender } from './pay-tender.tsx';

export type PaySheetProps = {
  cart: CartControl;
  flow: SaleFlow;
  staff: Staff;
  currency: string;
  onClose: () => void;
};

/** Cannot be closed while the outcome of a sale is not known. */
export function PaySheet({ cart, flow, staff, currency, onClose }: PaySheetProps) {
  const t = useT();
  const { platform } = useTill();
  const { gone } = useEdgeGone();
  const [text, setText] = useState('');
  const { state } = flow;
  const dueMinor = cartTotals(cart.cart).totalMinor;
  const receivedMinor = text === '' ? dueMinor : (parseAmount(settled(text), currency) ?? 0n);

  const take = () => {
    const body = saleRequest(cart.cart, { currency, cashierId: staff.staff_id, receivedMinor });
    const total = amountText(dueMinor, currency);
    flow.submit({ key: uuidV7(platform), body, total, received: amountText(receivedMinor, currency) });
  };
  const leave = () => {
    flow.close();
    onClose();
  };
  return (
    <Sheet
      open
      onClose={leave}
      title={state.kind === 'saved' ? t('sale_saved', { code: state.receipt.receipt_code }) : t('payment')}
      closeLabel={t('close')}
      place="cover"
      closable={!outcomeOpen(state)}
    >
      {state.kind === 'saved' ? (
        <PayDone sale={state.sale} receipt={state.receipt} onNewSale={leave} />
      ) : state.kind === 'refused' ? (
        <PayRefused sale={state.sale} problem={state.problem} cart={cart.cart} onBack={flow.close} />
      ) : outcomeOpen(state) ? (
        <PayOpen state={state} />
      ) : (
        <PayTender
          cart={cart.cart}
          currency={currency}
          entry={{ text, setText, dueMinor, receivedMinor }}
          canTake={!gone && receivedMinor >= dueMinor && cart.cart.lines.length > 0}
          onTake={take}
        />
      )}
    </Sheet>
  );
}
