/** What is needed seldom: help, language, leaving. */
import { Button, Menu, type MenuItem } from '@holdfast/ui';
import { CircleQuestionMark, Languages, LogOut, UserRound } from 'lucide-react';
import { useT } from '../context.tsx';
import { useSignOut } from '../hooks/queries.ts';
import type { Staff } from '../session.ts';
import { LANGUAGES } from '../strings/catalogue.ts';

/** Languages are links: the page comes again in the one chosen, with its cart and session. */
export function TillMenu({ staff, onHelp }: { staff: Staff; onHelp: () => void }) {
  const t = useT();
  const signOut = useSignOut();
  const items: MenuItem[] = [
    { icon: CircleQuestionMark, text: t('help'), onSelect: onHelp },
    ...Object.entries(LANGUAGES).map(([lang, { name }]) => ({
      icon: Languages,
      text: name,
      lang,
      href: `?lang=${lang}`,
    })),
    { icon: LogOut, text: t('sign_out'), onSelect: signOut },
  ];
  const trigger = (
    <Button size="icon" aria-label={`${t('menu')}: ${staff.name}`}>
      <UserRound aria-hidden size={20} />
    </Button>
  );
  return <Menu trigger={trigger} title={staff.name} items={items} />;
}
