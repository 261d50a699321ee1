/** What the page of devices asks of the edge. It polls, since the edge is near and things move by themselves. */
import type { DeviceList } from '@holdfast/protocol';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { unwrap } from '../api.ts';
import { call, useT, useTill } from '../context.tsx';
import { whyOf } from '../logic/why.ts';

export type Devices = ReturnType<(typeof DeviceList)['parse']>;
export type Device = Devices['devices'][number];
export type Card = Devices['cards'][number];
export type Control = Device['controls'][number];
export type Args = Readonly<Record<string, string | number | boolean>>;

/** Lines come out of a printer faster; more often would not be seen. */
const LOOK_MS = 500;
const KEY = ['devices'];

export function useDevices() {
  const till = useTill();
  return useQuery({
    queryKey: KEY,
    queryFn: async () => unwrap(await call<Devices>(till, '/edge/devices', { timeoutMs: 4_000 })),
    refetchInterval: LOOK_MS,
  });
}

/** A hand at one device. */
export type Hand = {
  press: (control: string, args?: Args) => void;
  /** Why the last deed was not done; null if it was. */
  refused: string | null;
};

export function useHand(kind: string): Hand {
  const till = useTill();
  const t = useT();
  const client = useQueryClient();
  const [refused, setRefused] = useState<string | null>(null);
  const deed = useMutation({
    mutationFn: ({ control, args }: { control: string; args: Args }) =>
      call<Device>(till, `/edge/devices/${kind}/${control}`, { method: 'POST', body: args }),
    onSuccess: (answer) => setRefused(whyOf(answer, t)),
    onSettled: () => client.invalidateQueries({ queryKey: KEY }),
  });
  return {
    press: (control, args = {}) => deed.mutate({ control, args }),
    refused,
  };
}
