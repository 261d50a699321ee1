/** The frame of a device: its name, how it is in a word and an icon, what is wrong, and what is done with it seldom. */
import { cx } from '@holdfast/ui';
import { ChevronRight, CircleAlert, CircleCheck, CircleX, LoaderCircle, type LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { useT } from '../context.tsx';
import { Notice } from '../parts/notice.tsx';
import type { Device, Hand } from './device-queries.ts';
import { MoreControl } from './more-control.tsx';

const STATES = {
  ready: { icon: CircleCheck, look: 'bg-arrived-ground text-arrived' },
  busy: { icon: LoaderCircle, look: 'bg-sunken text-text' },
  attention: { icon: CircleAlert, look: 'bg-waiting-ground text-waiting' },
  gone: { icon: CircleX, look: 'bg-act-ground text-act' },
} as const satisfies Record<Device['state'], { icon: LucideIcon; look: string }>;

export type DevicePanelProps = {
  icon: LucideIcon;
  title: string;
  device: Device;
  hand: Hand;
  /** Names of the controls that the panel itself has; all others stand under "more". */
  own: readonly string[];
  children: ReactNode;
};

/** A landmark of its own; what the edge says of the device is English in every language of the page. */
export function DevicePanel({ icon: Icon, title, device, hand, own, children }: DevicePanelProps) {
  const { state, attention, controls } = device;
  const others = controls.filter(({ name }) => !own.includes(name));
  return (
    <section
      aria-label={title}
      data-device={device.kind}
      data-state={state}
      className="flex min-w-0 flex-col gap-3 rounded-card border border-line bg-surface p-4"
    >
      <header className="flex items-center gap-2">
        <Icon aria-hidden size={20} className="shrink-0 text-soft" />
        <h2 className="min-w-0 flex-1 truncate text-17 font-semibold">{title}</h2>
        <StateWord state={state} />
      </header>
      {attention !== null && (
        <p lang="en" className="text-13 text-waiting">
          {attention}
        </p>
      )}
      {children}
      {hand.refused !== null && <Notice tone="waiting">{hand.refused}</Notice>}
      {others.length > 0 && <More title={title} controls={others} hand={hand} />}
    </section>
  );
}

function StateWord({ state }: { state: Device['state'] }) {
  const t = useT();
  const { icon: Icon, look } = STATES[state];
  return (
    <span
      className={cx('flex shrink-0 items-center gap-1 rounded-full px-2.5 py-1 text-13 font-medium', look)}
    >
      <Icon aria-hidden size={15} /> {t(`dev_state_${state}`)}
    </span>
  );
}

function More({
  title,
  controls,
  hand,
}: Pick<DevicePanelProps, 'title' | 'hand'> & Pick<Device, 'controls'>) {
  const t = useT();
  return (
    <details className="group -mb-2">
      <summary className="flex min-h-14 cursor-pointer list-none items-center gap-2 text-15 font-medium text-soft">
        <ChevronRight
          aria-hidden
          size={18}
          className="transition-transform duration-120 group-open:rotate-90 rtl:rotate-180"
        />
        {t('dev_more', { name: title })}
      </summary>
      {/* Named by the edge, which speaks English. */}
      <div lang="en" className="flex flex-col gap-2 pb-2">
        {controls.map((control) => (
          <MoreControl key={control.name} control={control} hand={hand} />
        ))}
      </div>
    </details>
  );
}
