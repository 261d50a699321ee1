/** Wires the till: platform, session, clock, words; then the screen. */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createRoot } from 'react-dom/client';
import { send } from './api.ts';
import { App } from './app.tsx';
import './app.css';
import { type Till, TillContext } from './context.tsx';
import { createEdgeClock } from './edge-clock.ts';
import { browserPlatform } from './platform.ts';
import { createSessionStore } from './session.ts';
import { chooseLanguage, translator } from './strings/catalogue.ts';

const platform = browserPlatform();
const { language, locale } = chooseLanguage(platform.languages);
const till: Till = {
  platform,
  send,
  session: createSessionStore(platform),
  clock: createEdgeClock(platform),
  language,
  locale,
  t: translator({ language, locale }),
};
// The edge is near: whether the system thinks it is online says nothing, and a failed read comes again in a second.
const queries = new QueryClient({
  defaultOptions: {
    queries: { networkMode: 'always', retry: false },
    mutations: { networkMode: 'always', retry: false },
  },
});

const apiToken = platform.takeHash('token');
if (apiToken !== null && apiToken !== '') till.session.operate(apiToken);

document.documentElement.lang = language;
const root = document.getElementById('root');
if (root === null) throw new Error('the page has no #root');
createRoot(root).render(
  <TillContext value={till}>
    <QueryClientProvider client={queries}>
      <App />
    </QueryClientProvider>
  </TillContext>,
);
