/** The three things to try: shown at the first start, and from the menu ever after. */
import { Button, Sheet } from '@holdfast/ui';
import { useT } from '../context.tsx';
import type { StringKey } from '../strings/en.ts';

const STEPS = [
  ['help_1', 'help_1_text'],
  ['help_2', 'help_2_text'],
  ['help_3', 'help_3_text'],
] as const satisfies readonly (readonly [StringKey, StringKey])[];

/** Closes on its one button, on Esc, or on a tap beside it. */
export function HelpSheet({ onClose }: { onClose: () => void }) {
  const t = useT();
  return (
    <Sheet open onClose={onClose} title={t('help_title')} closeLabel={t('close')}>
      <div className="flex flex-col gap-5 overflow-y-auto p-5">
        <ol className="flex flex-col gap-4">
          {STEPS.map(([title, text], index) => (
            <li key={title} className="flex gap-4">
              <span
                aria-hidden
                className="grid size-10 shrink-0 place-items-center rounded-full bg-sunken text-17 font-semibold"
              >
                {index + 1}
              </span>
              <div>
                <p className="text-17 font-semibold">{t(title)}</p>
                <p className="text-15 text-soft text-pretty">{t(text)}</p>
              </div>
            </li>
          ))}
        </ol>
        <p className="border-t border-line pt-4 text-13 text-soft">{t('help_keys')}</p>
        <Button look="primary" size="large" data-autofocus onClick={onClose}>
          {t('help_start')}
        </Button>
      </div>
    </Sheet>
  );
}
