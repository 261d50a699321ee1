/** A menu behind a button, for what is needed seldom. */
import type { LucideIcon } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import type { ReactElement } from 'react';

/** An entry is an action or a way to another address. */
export type MenuItem = { icon: LucideIcon; text: string; lang?: string } & (
  | { onSelect: () => void }
  | { href: string }
);

export type MenuProps = { trigger: ReactElement; title: string; items: readonly MenuItem[] };

const ITEM =
  'flex min-h-14 w-full items-center gap-3 rounded-lg px-3 text-15 font-medium outline-none data-highlighted:bg-sunken';

/**
 * Stands in the landmark of its button. Not modal, so that nothing is written into the page's styles; arrows, letters, Enter and Esc work.
 */
export function Menu({ trigger, title, items }: MenuProps) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Content
        align="end"
        sideOffset={8}
        collisionPadding={8}
        className="z-50 w-72 animate-rise rounded-card border border-line bg-surface p-2 shadow-float"
      >
        <DropdownMenu.Label className="px-3 py-2 text-13 text-soft">{title}</DropdownMenu.Label>
        {items.map((item) => (
          <MenuEntry key={item.text} item={item} />
        ))}
      </DropdownMenu.Content>
    </DropdownMenu.Root>
  );
}

function MenuEntry({ item }: { item: MenuItem }) {
  const { icon: Icon, text, lang } = item;
  const icon = <Icon aria-hidden size={20} className="rtl:-scale-x-100" />;
  if ('href' in item) {
    return (
      <DropdownMenu.Item asChild>
        <a className={ITEM} lang={lang} href={item.href}>
          {icon} {text}
        </a>
      </DropdownMenu.Item>
    );
  }
  return (
    <DropdownMenu.Item className={ITEM} onSelect={item.onSelect}>
      {icon} {text}
    </DropdownMenu.Item>
  );
}
