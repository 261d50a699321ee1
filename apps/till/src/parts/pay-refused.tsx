/** The edge took nothing, and why. */
import type { Problem } from '@holdfast/protocol';
import { Button, parseAmount } from '@holdfast/ui';
import { CircleX } from 'lucide-react';
import { useT } from '../context.tsx';
import type { Cart } from '../logic/cart.ts';
import type { PendingSale } from '../logic/sale-machine.ts';
import { Total } from './cart-panel.tsx';
import { Order } from './order-lines.tsx';
import { PayFrame } from './pay-frame.tsx';

export type PayRefusedProps = { sale: PendingSale; problem: Problem; cart: Cart; onBack: () => void };

/** What happened, what is safe, what to do; the code stands small beside it. */
export function PayRefused({ sale, problem, onBack }: PayRefusedProps) {
  const t = useT();
  const { currency, items } = sale.body;
  const full = problem.code === 'no_room';
  const foot = (
    <>
      <Total totalMinor={parseAmount(sale.total, currency) ?? 0n} currency={currency} />
      <Button look="primary" size="large" className="mt-3 w-full" onClick={onBack} data-autofocus autoFocus>
        {t('try_again')}
      </Button>
    </>
  );
  return (
    <PayFrame aside={<Order lines={items} currency={currency} />} foot={foot}>
      <div role="alert" className="m-auto grid max-w-120 justify-items-center gap-3 text-center">
        <CircleX aria-hidden size={48} strokeWidth={1.5} className="text-act" />
        <p className="text-22 font-semibold text-balance">{t(full ? 'no_room' : 'refused')}</p>
        <p className="text-15 text-balance">{t(full ? 'no_room_text' : 'refused_text')}</p>
        <p className="text-15 text-soft text-balance">
          {problem.detail} {problem.action}
        </p>
        <code className="font-mono text-13 text-soft">{problem.code}</code>
      </div>
    </PayFrame>
  );
}
