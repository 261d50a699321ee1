/** The secure element, of which nothing is to be seen but that it is there. */
import { KeyRound } from 'lucide-react';
import { useT } from '../context.tsx';
import { DevicePanel } from './device-panel.tsx';
import { type Device, useHand } from './device-queries.ts';

export function ElementPanel({ device }: { device: Device }) {
  const t = useT();
  const hand = useHand(device.kind);
  return (
    <DevicePanel icon={KeyRound} title={t('dev_element')} device={device} hand={hand} own={[]}>
      <p className="text-15 text-soft">{t('dev_element_text')}</p>
    </DevicePanel>
  );
}
