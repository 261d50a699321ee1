/** What is needed seldom: workflows, devices, help, language, leaving. */
import { Button, Menu, type MenuItem } from '@holdfast/ui';
import { Check, CircleQuestionMark, CreditCard, Languages, LogOut, Workflow } from 'lucide-react';
import { useTill } from '../context.tsx';
import { useSignOut } from '../hooks/queries.ts';
import type { Staff } from '../session.ts';
import { LANGUAGES } from '../strings/catalogue.ts';
import { Initials } from './initials.tsx';

/** The ways to pages beside selling. */
export type Ways = { onWorkflows: () => void; onDevices: () => void };

export type TillMenuProps = {
  staff: Staff;
  onHelp: () => void;
  /** Null for people who may not go there. */
  ways: Ways | null;
};

/** Languages are links: the page comes again in the one chosen, with its cart and session. */
export function TillMenu({ staff, onHelp, ways }: TillMenuProps) {
  const { language, t } = useTill();
  const signOut = useSignOut();
  const items: MenuItem[] = [
    ...(ways === null
      ? []
      : [
          { icon: Workflow, text: t('workflows'), onSelect: ways.onWorkflows },
          { icon: CreditCard, text: t('devices'), onSelect: ways.onDevices },
        ]),
    { icon: CircleQuestionMark, text: t('help'), onSelect: onHelp },
    ...Object.entries(LANGUAGES).map(([lang, { name }]) => ({
      icon: lang === language ? Check : Languages,
      text: name,
      lang,
      href: `?lang=${lang}`,
    })),
    { icon: LogOut, text: t('sign_out'), onSelect: signOut },
  ];
  const trigger = (
    <Button size="icon" aria-label={`${t('menu')}: ${staff.name}`}>
      <Initials name={staff.name} className="size-9 bg-sunken text-13" />
    </Button>
  );
  return <Menu trigger={trigger} title={staff.name} items={items} />;
}
