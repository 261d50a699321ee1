/**
 * What floats over a screen: centred dialogs, a drawer at the inline end, and the cover below the strip. Focus is
 * trapped while it is open and goes back when it closes; Esc and a tap outside step back.
 *
 * The veil is a plain element, not Radix's overlay: that one writes a style element, which a strict content security
 * policy refuses, and the screens behind it do not scroll anyway.
 */
import { X } from 'lucide-react';
import { Dialog } from 'radix-ui';
import type { ReactNode } from 'react';
import { Button } from './button.tsx';
import { cx } from './cx.ts';

const PLACES = {
  center:
    'inset-0 m-auto h-fit max-h-[calc(100dvh-32px)] w-[min(560px,calc(100vw-32px))] rounded-card border border-line shadow-float animate-rise',
  end: 'inset-y-0 end-0 w-[min(520px,100vw)] border-s border-line shadow-float animate-slide',
  cover: 'inset-x-0 bottom-0 top-(--strip-height) animate-rise',
} as const;

export type SheetProps = {
  open: boolean;
  onClose: () => void;
  title: string;
  /** Name of the button that closes it. */
  closeLabel: string;
  place?: keyof typeof PLACES;
  /** False while closing would lose something, such as a sale under way. */
  closable?: boolean;
  /** Stands before the title, such as a way back. */
  lead?: ReactNode;
  children: ReactNode;
};

/** A modal dialog named by `title`, with a head that stays and a body that the children lay out. */
export function Sheet(props: SheetProps) {
  const { open, onClose, title, closeLabel, place = 'center', closable = true, lead, children } = props;
  return (
    <Dialog.Root open={open} onOpenChange={(next) => !next && closable && onClose()}>
      <Dialog.Portal>
        {place !== 'cover' && <div className="fixed inset-0 z-30 animate-fade bg-veil" aria-hidden />}
        <Dialog.Content
          aria-describedby={undefined}
          onOpenAutoFocus={focusFirst}
          className={cx('fixed z-40 flex flex-col overflow-hidden bg-surface outline-none', PLACES[place])}
        >
          <header className="flex min-h-18 shrink-0 items-center gap-2 border-b border-line ps-5 pe-2">
            {lead}
            <Dialog.Title className="min-w-0 flex-1 truncate text-17 font-semibold">{title}</Dialog.Title>
            <Button look="quiet" size="icon" aria-label={closeLabel} disabled={!closable} onClick={onClose}>
              <X aria-hidden size={22} />
            </Button>
          </header>
          {children}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

/** Focuses what is marked with `data-autofocus`; without a mark, Radix takes the first that can be focused. */
function focusFirst(event: Event): void {
  const marked =
    event.currentTarget instanceof HTMLElement && event.currentTarget.querySelector('[data-autofocus]');
  if (!(marked instanceof HTMLElement)) return;
  event.preventDefault();
  marked.focus();
}
