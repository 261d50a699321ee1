/** Paper that hangs out of a printer: lines, codes and cuts, the newest below. */
import { cx } from '@holdfast/ui';
import { useEffect, useRef } from 'react';
import { useT } from '../context.tsx';
import { flagOf, type Seen, textOf } from './device-view.ts';
import { QrCode } from './qr-code.tsx';

const ALIGNS: Readonly<Record<string, string>> = {
  left: 'text-left justify-start',
  center: 'text-center justify-center',
  right: 'text-right justify-end',
};

const WIDE_CHARS_MAX = 24;

/** Follows what is printed, as long as nobody has scrolled back. */
export function PaperRoll({ paper }: { paper: readonly Seen[] }) {
  const t = useT();
  const end = useFollowing(paper.length);
  return (
    <div className="@container relative overflow-hidden rounded-card bg-sunken px-3 pt-3">
      <div aria-hidden className="mx-auto h-2 max-w-96 rounded-full bg-line-strong" />
      <section
        ref={end}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
        tabIndex={0}
        aria-label={t('dev_paper')}
        dir="ltr"
        className="mx-auto h-112 max-w-96 overflow-y-auto bg-paper px-3 py-3 font-mono text-[min(0.8125rem,3.5cqi)] text-ink -outline-offset-3"
      >
        {paper.length === 0 && (
          <div className="grid h-full place-content-center gap-1 text-center font-sans">
            <p className="text-15 font-semibold">{t('dev_paper_none')}</p>
            <p className="text-13">{t('dev_paper_none_text')}</p>
          </div>
        )}
        <div className="mx-auto w-fit">
          {paper.map((what, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: what is printed keeps its place until it is torn off.
            <Printed key={place} what={what} />
          ))}
        </div>
      </section>
    </div>
  );
}

function useFollowing(count: number) {
  const roll = useRef<HTMLElement>(null);
  const isAtEnd = useRef(true);
  useEffect(() => {
    const element = roll.current;
    if (element === null) return;
    const note = () => {
      isAtEnd.current = element.scrollTop + element.clientHeight >= element.scrollHeight - 40;
    };
    element.addEventListener('scroll', note, { passive: true });
    return () => element.removeEventListener('scroll', note);
  }, []);
  useEffect(() => {
    const element = roll.current;
    if (element !== null && count >= 0 && isAtEnd.current) element.scrollTop = element.scrollHeight;
  }, [count]);
  return roll;
}

function Printed({ what }: { what: Seen }) {
  const t = useT();
  const text = textOf(what, 'text');
  // Big letters are twice as wide, so that half as many fill a line; what has more of them was tall alone.
  const isWide = flagOf(what, 'is_big') && text.length <= WIDE_CHARS_MAX;
  const align = ALIGNS[textOf(what, 'align')] ?? ALIGNS.left;
  switch (textOf(what, 'kind')) {
    case 'line':
      return (
        <p
          className={cx(
            'min-h-[1.4em] leading-[1.4] whitespace-pre',
            align,
            flagOf(what, 'is_bold') && 'font-bold',
            isWide && 'text-[2em] leading-[1.1]',
          )}
        >
          {text}
        </p>
      );
    case 'qr':
      return (
        <div className="flex justify-center py-3">
          <QrCode text={text} label={t('dev_qr', { text })} />
        </div>
      );
    case 'cut':
      return (
        <p className="my-3 border-t-2 border-dashed border-ink">
          <span className="sr-only">{t('dev_cut')}</span>
        </p>
      );
    default:
      return <p className="font-sans text-13 font-semibold">{t('dev_refused_bytes', { what: text })}</p>;
  }
}
