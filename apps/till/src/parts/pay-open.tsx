/** A sale whose outcome is not known yet: under way, or being asked for again. */
import { Button, parseAmount } from '@holdfast/ui';
import { LoaderCircle, SearchCheck } from 'lucide-react';
import { useT } from '../context.tsx';
import type { SaleState } from '../logic/sale-machine.ts';
import { Total } from './cart-panel.tsx';
import { Order } from './order-lines.tsx';
import { PayFrame } from './pay-frame.tsx';

export type PayOpenProps = {
  state: Extract<SaleState, { kind: 'posting' | 'checking' | 'repeating' | 'held' }>;
};

/** Says nothing for the first moments: most sales are saved before one could read it. */
export function PayOpen({ state }: PayOpenProps) {
  const t = useT();
  const { body, total } = state.sale;
  const first = state.kind === 'posting';
  const tries = state.kind === 'checking' || state.kind === 'repeating' ? state.tries : 0;
  const Icon = first ? LoaderCircle : SearchCheck;
  const foot = (
    <>
      <Total totalMinor={parseAmount(total, body.currency) ?? 0n} currency={body.currency} />
      <Button look="primary" size="large" className="mt-3 w-full" disabled>
        {t('saving')}
      </Button>
    </>
  );
  return (
    <PayFrame aside={<Order lines={body.items} currency={body.currency} />} foot={foot}>
      <div
        role="status"
        className="m-auto grid max-w-120 animate-late justify-items-center gap-3 text-center"
      >
        <Icon
          aria-hidden
          size={48}
          strokeWidth={1.5}
          className={first ? 'animate-spin text-soft' : 'text-waiting'}
        />
        <p className="text-22 font-semibold text-balance">{t(first ? 'saving' : 'checking')}</p>
        {!first && <p className="text-15 text-soft text-balance">{t('checking_text')}</p>}
        {tries > 0 && <p className="text-13 text-soft tabular-nums">{t('checking_tries', { n: tries })}</p>}
      </div>
    </PayFrame>
  );
}
