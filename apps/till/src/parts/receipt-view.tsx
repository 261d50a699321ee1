/** A receipt as the printer would print it. It is paper: white by day and by night. */
import { EmptyState, Skeleton } from '@holdfast/ui';
import { ReceiptText } from 'lucide-react';
import { useT } from '../context.tsx';
import { useReceipt } from '../hooks/queries.ts';

/** The picture is shown as an image, so that nothing in it can act; its text is its description. */
export function ReceiptView({ id, code }: { id: string; code: string }) {
  const t = useT();
  const picture = useReceipt(id, 'receipt.svg');
  const text = useReceipt(id, 'receipt.txt?width=42');
  if (picture.isError)
    return <EmptyState icon={ReceiptText} title={t('receipt', { code })} text={t('receipt_failed')} />;
  return (
    <figure className="grid flex-1 shrink-0 place-items-center" aria-label={t('receipt', { code })}>
      {picture.data === undefined ? (
        <Skeleton className="h-96 w-80 max-w-full" />
      ) : (
        <img
          src={`data:image/svg+xml;charset=utf-8,${encodeURIComponent(picture.data)}`}
          alt={text.data ?? t('receipt', { code })}
          className="w-90 max-w-full animate-rise rounded-sm shadow-paper"
        />
      )}
    </figure>
  );
}
