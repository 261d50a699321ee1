/** The one thing that floats over the selling screen. */
import { Sheet } from '@holdfast/ui';
import type { ReactNode } from 'react';
import { useT } from '../context.tsx';
import type { CartControl } from '../hooks/use-cart.ts';
import type { SaleFlow } from '../hooks/use-sale-flow.ts';
import type { Staff } from '../session.ts';
import { CustomSheet } from './custom-sheet.tsx';
import { DrillSheet } from './drill-sheet.tsx';
import { HelpSheet } from './help-sheet.tsx';
import { LinkSheet } from './link-sheet.tsx';
import { PaySheet } from './pay-sheet.tsx';
import { SalesDrawer } from './sales-drawer.tsx';

/** Null is nothing. */
export type Over = 'help' | 'link' | 'drill' | 'sales' | 'custom' | 'cart' | 'pay' | null;

export type FloatingProps = {
  over: Over;
  onClose: () => void;
  onSay: (text: string) => void;
  cart: CartControl;
  flow: SaleFlow;
  staff: Staff;
  currency: string;
  /** The cart, where it floats; null where it has a column of its own. */
  panel: ReactNode;
  /** Null for people who may not see them. */
  onWorkflows: (() => void) | null;
};

/** Sheets are made when they open, so that each starts afresh. */
export function Floating(props: FloatingProps) {
  const { over, onClose, onSay, cart, flow, staff, currency, panel, onWorkflows } = props;
  const t = useT();
  if (over === null) return null;
  if (over === 'help') return <HelpSheet onClose={onClose} />;
  if (over === 'link') return <LinkSheet onClose={onClose} onSay={onSay} onWorkflows={onWorkflows} />;
  if (over === 'drill') return <DrillSheet onClose={onClose} />;
  if (over === 'sales') return <SalesDrawer onClose={onClose} />;
  if (over === 'custom') return <CustomSheet currency={currency} onAdd={cart.add} onClose={onClose} />;
  if (over === 'pay')
    return <PaySheet cart={cart} flow={flow} staff={staff} currency={currency} onClose={onClose} />;
  if (panel === null) return null;
  return (
    <Sheet open onClose={onClose} title={t('cart')} closeLabel={t('close')} place="cover">
      {panel}
    </Sheet>
  );
}
