/** A display of a few short lines, as whoever stands before it reads them. */
import { MonitorSmartphone } from 'lucide-react';
import { useT } from '../context.tsx';
import { DevicePanel } from './device-panel.tsx';
import { type Device, useHand } from './device-queries.ts';
import { textsOf } from './device-view.ts';

export function DisplayPanel({ device }: { device: Device }) {
  const t = useT();
  const hand = useHand(device.kind);
  const lines = textsOf(device.snapshot ?? {}, 'lines');
  const isDark = lines.every((line) => line.trim() === '');
  const title = device.kind === 'customer_display' ? t('dev_customer') : t('dev_merchant');
  return (
    <DevicePanel icon={MonitorSmartphone} title={title} device={device} hand={hand} own={[]}>
      <div role="status" className="rounded-card bg-ink px-4 py-3 text-center text-paper">
        {isDark ? (
          <span className="grid min-h-12 place-items-center text-13">{t('dev_dark')}</span>
        ) : (
          // A display has its characters in columns, from left to right in any language.
          <pre dir="ltr" className="inline-block text-start font-mono text-17">
            {lines.map((line, place) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: lines have no identity but their place.
              <span key={place} className="block min-h-6">
                {line}
              </span>
            ))}
          </pre>
        )}
      </div>
    </DevicePanel>
  );
}
