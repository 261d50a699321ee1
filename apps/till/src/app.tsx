/**
 * Which page: pairing, then sign-in, then selling, from where managers reach the workflows and the devices; and these two
 * alone for whoever holds the API token. The cart and a sale under way outlive all of them.
 */
import { LocaleProvider } from '@holdfast/ui';
import { useEffect, useState } from 'react';
import { useSession, useT, useTill } from './context.tsx';
import { DevicesPage } from './devices/devices-page.tsx';
import { useStatusPoll } from './hooks/queries.ts';
import { useCart } from './hooks/use-cart.ts';
import { useSaleFlow } from './hooks/use-sale-flow.ts';
import { OperatorPage } from './pages/operator-page.tsx';
import { PairPage } from './pages/pair-page.tsx';
import { SellPage, type SellPageProps } from './pages/sell-page.tsx';
import { SignInPage } from './pages/sign-in-page.tsx';
import { WorkflowsPage } from './pages/workflows-page.tsx';
import { formatLocale } from './strings/catalogue.ts';

/** Formats by the locale of the person and the currency of the store. */
export function App() {
  const { locale } = useTill();
  const { data: status } = useStatusPoll();
  const cart = useCart();
  const flow = useSaleFlow();
  const saved = flow.state.kind === 'saved';
  const { clear } = cart;
  useEffect(() => {
    if (saved) clear();
  }, [saved, clear]);
  return (
    <LocaleProvider locale={formatLocale(locale, status?.currency ?? 'SEK')}>
      <Page cart={cart} flow={flow} />
    </LocaleProvider>
  );
}

type Aside = 'workflows' | 'devices';

function Page({ cart, flow }: Pick<SellPageProps, 'cart' | 'flow'>) {
  const t = useT();
  const session = useSession();
  const { session: store } = useTill();
  /** The session that has gone from selling to another page, or `operator` for the way from pairing. */
  const [away, setAway] = useState<string | null>(null);
  const [aside, setAside] = useState<Aside>('workflows');
  const home = () => setAway(null);
  const close = () => {
    home();
    store.leaveOperating();
  };
  const { kind } = session;
  if (kind === 'operator')
    return <AsidePage aside={aside} onAside={setAside} leaveLabel={t('op_leave')} onLeave={close} />;
  if (kind === 'unpaired')
    return away === 'operator' ? (
      <OperatorPage onLeave={home} />
    ) : (
      <PairPage revoked={session.revoked} onOperate={() => setAway('operator')} />
    );
  if (kind === 'paired') return <SignInPage ended={session.ended} held={flow.state.kind === 'held'} />;
  const { staff, token } = session;
  if (away === token && staff.role === 'manager')
    return <AsidePage aside={aside} onAside={setAside} leaveLabel={t('wf_leave')} onLeave={home} />;
  const go = (to: Aside) => {
    setAside(to);
    setAway(token);
  };
  return (
    <SellPage
      staff={staff}
      cart={cart}
      flow={flow}
      onWorkflows={() => go('workflows')}
      onDevices={() => go('devices')}
    />
  );
}

type AsidePageProps = {
  aside: Aside;
  onAside: (to: Aside) => void;
  leaveLabel: string;
  onLeave: () => void;
};

function AsidePage({ aside, onAside, ...leave }: AsidePageProps) {
  return aside === 'workflows' ? (
    <WorkflowsPage {...leave} onDevices={() => onAside('devices')} />
  ) : (
    <DevicesPage {...leave} onWorkflows={() => onAside('workflows')} />
  );
}
