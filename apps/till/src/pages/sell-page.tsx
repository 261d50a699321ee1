/** The selling screen: strip, rail, grid, cart; and what floats over them, one thing at a time. */
import { useEffect, useState } from 'react';
import { useT, useTill } from '../context.tsx';
import { useCatalogue, useEdgeGone, useStatus } from '../hooks/queries.ts';
import type { CartControl } from '../hooks/use-cart.ts';
import { isActionable, useKeys } from '../hooks/use-keys.ts';
import { useNarrow } from '../hooks/use-narrow.ts';
import type { SaleFlow } from '../hooks/use-sale-flow.ts';
import { piecesBySku } from '../logic/cart.ts';
import { shelfOf } from '../logic/shelf.ts';
import { BottomBar } from '../parts/bottom-bar.tsx';
import { CartPanel } from '../parts/cart-panel.tsx';
import { Floating, type Over } from '../parts/floating.tsx';
import { Shelf } from '../parts/shelf.tsx';
import { Toast } from '../parts/toast.tsx';
import { TopStrip } from '../parts/top-strip.tsx';
import type { Staff } from '../session.ts';

const HELPED_KEY = 'holdfast.till.helped';
const TOAST_MS = 5_000;

export type SellPageProps = {
  staff: Staff;
  cart: CartControl;
  flow: SaleFlow;
  /** Opens the workflows, for managers. */
  onWorkflows: () => void;
  /** Opens the simulated devices, for managers. */
  onDevices: () => void;
};

/** What is under a finger stays where it is: the strip, the rail and the foot of the cart have fixed sizes. */
export function SellPage({ staff, cart, flow, onWorkflows, onDevices }: SellPageProps) {
  const t = useT();
  const { data: status } = useStatus();
  const { gone } = useEdgeGone();
  const catalogue = useCatalogue();
  const narrow = useNarrow();
  const [over, setOver] = useFirstHelp();
  const [toast, setToast] = useToast();
  const currency = status?.currency ?? 'SEK';
  const shelf = shelfOf(catalogue.data, currency);
  const shown: Over = flow.state.kind === 'idle' || flow.state.kind === 'held' ? over : 'pay';
  const ways = staff.role === 'manager' ? { onWorkflows, onDevices } : null;
  const canPay = cart.cart.lines.length > 0 && !gone;

  useKeys((event) => {
    if (event.key !== 'Enter' || isActionable(event.target) || !canPay) return;
    event.preventDefault();
    setOver('pay');
  }, shown === null);
  const panel = <CartPanel cart={cart} currency={currency} canPay={canPay} onPay={() => setOver('pay')} />;
  return (
    <div className="flex h-dvh flex-col overflow-hidden">
      <TopStrip staff={staff} onOpen={setOver} onSay={setToast} ways={ways} />
      <main className="flex min-h-0 flex-1 max-[899px]:flex-col">
        <h1 className="sr-only">{status?.store_name ?? t('articles')}</h1>
        <Shelf
          shelf={shelf}
          query={catalogue}
          currency={currency}
          inCart={piecesBySku(cart.cart)}
          onAdd={cart.add}
          onCustom={() => setOver('custom')}
          onUnknown={(code) => setToast(t('scan_unknown', { code }))}
          active={shown === null}
        />
        {narrow ? (
          <BottomBar
            cart={cart.cart}
            currency={currency}
            canPay={canPay}
            onCart={() => setOver('cart')}
            onPay={() => setOver('pay')}
          />
        ) : (
          <aside
            aria-label={t('cart')}
            className="flex w-(--cart-width) shrink-0 border-s border-line bg-surface"
          >
            {panel}
          </aside>
        )}
      </main>
      <Floating
        over={shown}
        onClose={() => setOver(null)}
        cart={cart}
        flow={flow}
        staff={staff}
        currency={currency}
        panel={narrow ? panel : null}
        onSay={setToast}
        onWorkflows={ways?.onWorkflows ?? null}
      />
      <Toast text={toast} />
    </div>
  );
}

/** What floats; at the very first start that is the help. */
function useFirstHelp() {
  const { platform } = useTill();
  const state = useState<Over>(() => (platform.lasting.get(HELPED_KEY) === null ? 'help' : null));
  useEffect(() => platform.lasting.set(HELPED_KEY, 'yes'), [platform]);
  return state;
}

/** A passing word, and its end after some seconds. */
function useToast() {
  const { platform } = useTill();
  const state = useState<string | null>(null);
  const [text, setText] = state;
  useEffect(() => {
    if (text === null) return;
    return platform.after(TOAST_MS, () => setText(null));
  }, [text, platform]);
  return state;
}
