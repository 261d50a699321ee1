/** Which page: pairing, then sign-in, then selling. The cart and a sale under way outlive all three. */
import { LocaleProvider } from '@holdfast/ui';
import { useEffect } from 'react';
import { useSession, useTill } from './context.tsx';
import { useStatusPoll } from './hooks/queries.ts';
import { useCart } from './hooks/use-cart.ts';
import { useSaleFlow } from './hooks/use-sale-flow.ts';
import { PairPage } from './pages/pair-page.tsx';
import { SellPage } from './pages/sell-page.tsx';
import { SignInPage } from './pages/sign-in-page.tsx';
import { formatLocale } from './strings/catalogue.ts';

/** Formats by the locale of the person and the currency of the store. */
export function App() {
  const { locale } = useTill();
  const session = useSession();
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
      {session.kind === 'unpaired' && <PairPage revoked={session.revoked} />}
      {session.kind === 'paired' && <SignInPage ended={session.ended} held={flow.state.kind === 'held'} />}
      {session.kind === 'signed_in' && <SellPage staff={session.staff} cart={cart} flow={flow} />}
    </LocaleProvider>
  );
}
