/** Prints a receipt's text by the browser, for stores whose printer hangs on this till. */
import { Button } from '@holdfast/ui';
import type { LucideIcon } from 'lucide-react';
import { createPortal } from 'react-dom';
import { useT, useTill } from '../context.tsx';
import { useReceipt } from '../hooks/queries.ts';

/** The text stands beside the page, hidden but on paper. */
export function PrintButton({ id, icon: Icon }: { id: string; icon: LucideIcon }) {
  const t = useT();
  const { platform } = useTill();
  const { data: text } = useReceipt(id, 'receipt.txt?width=42');
  return (
    <>
      <Button disabled={text === undefined} onClick={platform.print}>
        <Icon aria-hidden size={20} /> {t('print_text')}
      </Button>
      {text !== undefined && createPortal(<pre className="print-only">{text}</pre>, document.body)}
    </>
  );
}
