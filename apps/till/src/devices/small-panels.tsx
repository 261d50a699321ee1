/** Drawer, scale and scanner: devices of one figure and a few deeds. */
import { Button, cx, useLocale } from '@holdfast/ui';
import { Barcode, Inbox, Scale } from 'lucide-react';
import { type FormEvent, type ReactNode, useState } from 'react';
import { useT } from '../context.tsx';
import { DevicePanel } from './device-panel.tsx';
import { type Device, useHand } from './device-queries.ts';
import { flagOf, numberOf, partOf, type Seen, textOf } from './device-view.ts';
import { Choice, Entry } from './entry.tsx';

type PanelProps = { device: Device };

export function DrawerPanel({ device }: PanelProps) {
  const t = useT();
  const hand = useHand(device.kind);
  const isOpen = flagOf(device.snapshot ?? {}, 'is_open');
  return (
    <DevicePanel
      icon={Inbox}
      title={t('dev_drawer')}
      device={device}
      hand={hand}
      own={['push_shut', 'open_with_key']}
    >
      <Figure tone={isOpen ? 'waiting' : 'calm'}>
        {isOpen ? t('dev_drawer_open') : t('dev_drawer_shut')}
      </Figure>
      <Button onClick={() => hand.press(isOpen ? 'push_shut' : 'open_with_key')}>
        {isOpen ? t('dev_push_shut') : t('dev_with_key')}
      </Button>
    </DevicePanel>
  );
}

export function ScalePanel({ device }: PanelProps) {
  const t = useT();
  const hand = useHand(device.kind);
  const [grams, setGrams] = useState('250');
  const seen: Seen = device.snapshot ?? {};
  const shows = numberOf(seen, 'shows');
  const weight = new Intl.NumberFormat(useLocale(), { style: 'unit', unit: 'gram' });
  const put = (event: FormEvent) => {
    event.preventDefault();
    hand.press('put', { grams: Number(grams) });
  };
  return (
    <DevicePanel icon={Scale} title={t('dev_scale')} device={device} hand={hand} own={['put']}>
      <Figure tone={flagOf(seen, 'is_in_motion') ? 'waiting' : 'calm'}>
        {shows === null ? t('dev_overload') : weight.format(shows)}
        <span className="block text-13 font-normal text-soft">
          {flagOf(seen, 'is_in_motion') ? t('dev_moves') : t('dev_still')}
          {flagOf(seen, 'is_tared') && ` · ${t('dev_tared')}`}
        </span>
      </Figure>
      <form onSubmit={put} className="flex flex-wrap items-end gap-2">
        <Entry label={t('dev_grams')} type="number" required value={grams} onText={setGrams} />
        <Button type="submit">{t('dev_put')}</Button>
        <Button onClick={() => hand.press('put', { grams: 0 })}>{t('dev_take_off')}</Button>
      </form>
    </DevicePanel>
  );
}

export function ScannerPanel({ device }: PanelProps) {
  const t = useT();
  const hand = useHand(device.kind);
  const kinds = device.controls
    .find(({ name }) => name === 'scan')
    ?.fields.find(({ allowed }) => allowed)?.allowed;
  const [code, setCode] = useState('');
  const [kind, setKind] = useState(kinds?.[0] ?? 'unknown');
  const last = partOf(device.snapshot ?? {}, 'last');
  const scan = (event: FormEvent) => {
    event.preventDefault();
    hand.press('scan', { text: code, symbology: kind });
  };
  return (
    <DevicePanel icon={Barcode} title={t('dev_scanner')} device={device} hand={hand} own={['scan']}>
      <p role="status" className="rounded-card bg-sunken px-4 py-3 text-15 break-all">
        {last === null ? t('dev_scanned_none') : t('dev_scanned', { code: textOf(last, 'text') })}
      </p>
      <form onSubmit={scan} className="flex flex-wrap items-end gap-2">
        <Entry label={t('dev_code')} required value={code} onText={setCode} />
        <Choice
          label={t('dev_code_kind')}
          value={kind}
          options={(kinds ?? []).map((each) => [each, each.replaceAll('_', '-').toUpperCase()])}
          onChoose={setKind}
        />
        <Button type="submit">{t('dev_scan')}</Button>
      </form>
    </DevicePanel>
  );
}

function Figure({ tone, children }: { tone: 'calm' | 'waiting'; children: ReactNode }) {
  return (
    <p
      role="status"
      className={cx(
        'rounded-card px-4 py-3 text-22 font-semibold tabular-nums',
        tone === 'calm' ? 'bg-sunken' : 'bg-waiting-ground text-waiting',
      )}
    >
      {children}
    </p>
  );
}
