/** The locale of the screens, for components that format by `Intl`. */
import { createContext, type ReactNode, useContext } from 'react';

const LocaleContext = createContext('en');

/** Gives its children a BCP 47 locale. */
export function LocaleProvider({ locale, children }: { locale: string; children: ReactNode }) {
  return <LocaleContext value={locale}>{children}</LocaleContext>;
}

/** The BCP 47 locale in force. */
export function useLocale(): string {
  return useContext(LocaleContext);
}
