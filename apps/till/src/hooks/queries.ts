/** What the till reads of its edge, and when it reads it again. */
import type {
  CatalogueItem,
  EdgeStatus,
  EdgeTransaction,
  EdgeTransactionList,
  PushResult,
} from '@holdfast/protocol';
import {
  keepPreviousData,
  queryOptions,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { useEffect } from 'react';
import { NoAnswer, unwrap } from '../api.ts';
import { call, useSession, useTill } from '../context.tsx';
import type { Staff } from '../session.ts';

export type Article = ReturnType<(typeof CatalogueItem)['parse']>;
export type Catalogue = { items: Article[]; categories: string[]; as_of: string | null };

const STATUS_MS = 1_000;
const STATUS_HIDDEN_MS = 10_000;
const CATALOGUE_MS = 15_000;
const PAGE_ROWS = 50;

/**
 * The edge's status as last read. Only {@link useStatusPoll} reads it on a beat: each observer with a beat of its own
 * would add its requests.
 */
export function useStatus() {
  return useQuery(useStatusOptions());
}

/** Reads the status every second, slower while nobody looks. Used once, at the top. */
export function useStatusPoll() {
  const { platform } = useTill();
  return useQuery({
    ...useStatusOptions(),
    refetchInterval: () => (platform.isHidden() ? STATUS_HIDDEN_MS : STATUS_MS),
    refetchIntervalInBackground: true,
  });
}

function useStatusOptions() {
  const till = useTill();
  const session = useSession();
  return queryOptions({
    queryKey: ['status'],
    enabled: session.kind !== 'unpaired',
    staleTime: STATUS_MS,
    queryFn: async () => {
      const status = unwrap(await call<EdgeStatus>(till, '/api/v1/status', { timeoutMs: 4_000 }));
      till.clock.learn(status.now);
      return status;
    },
  });
}

/** True while the edge does not answer at all. */
export function useEdgeGone(): { gone: boolean; lastAnswerMs: number } {
  const { error, dataUpdatedAt } = useStatus();
  const gone = error instanceof NoAnswer && error.answer.kind === 'unreachable';
  return { gone, lastAnswerMs: dataUpdatedAt };
}

/** The articles; read again when the feed has brought something. */
export function useCatalogue() {
  const till = useTill();
  const { data: status } = useStatus();
  const feed = status?.feed;
  return useQuery({
    queryKey: ['catalogue', feed?.applied_at, feed?.catalogue_items],
    queryFn: async () => unwrap(await call<Catalogue>(till, '/api/v1/catalogue')),
    placeholderData: keepPreviousData,
    refetchInterval: CATALOGUE_MS,
  });
}

/** The people who may sign in at this terminal. */
export function useStaff() {
  const till = useTill();
  return useQuery({
    queryKey: ['staff'],
    queryFn: async () => unwrap(await call<{ staff: Staff[] }>(till, '/api/v1/staff')).staff,
    refetchInterval: CATALOGUE_MS,
  });
}

/** Sales, newest first, page by page; read again whenever a lane moves. */
export function useSales({ waitingOnly, enabled }: { waitingOnly: boolean; enabled: boolean }) {
  const till = useTill();
  const client = useQueryClient();
  const { data: status } = useStatus();
  const moved = (status?.lanes ?? []).map((lane) => `${lane.tip_seq}:${lane.acked_seq}`).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: `moved` is the reason to read again.
  useEffect(() => {
    void client.invalidateQueries({ queryKey: ['sales'] });
  }, [client, moved]);
  return useInfiniteQuery({
    queryKey: ['sales', waitingOnly],
    queryFn: async ({ pageParam }) => {
      const query = new URLSearchParams({ limit: String(PAGE_ROWS) });
      if (waitingOnly) query.set('synced', 'false');
      if (pageParam !== null) query.set('cursor', pageParam);
      return unwrap(await call<EdgeTransactionList>(till, `/edge/transactions?${query}`));
    },
    // The first page has no cursor.
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
    enabled,
  });
}

/** One sale, as long as it has not arrived. */
export function useSale(id: string) {
  const till = useTill();
  return useQuery({
    queryKey: ['sale', id],
    queryFn: async () => unwrap(await call<EdgeTransaction>(till, `/edge/transactions/${id}`)),
    refetchInterval: (query) => (query.state.data?.synced_at == null ? STATUS_MS : false),
  });
}

/** A rendering of a receipt; it never changes. */
export function useReceipt(id: string, form: 'receipt.svg' | 'receipt.txt?width=42') {
  const till = useTill();
  return useQuery({
    queryKey: ['receipt', id, form],
    queryFn: async () => unwrap(await call<string>(till, `/edge/transactions/${id}/${form}`)),
    staleTime: Number.POSITIVE_INFINITY,
    retry: 3,
  });
}

/** Sends what waits, now. */
export function usePush() {
  const till = useTill();
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => call<PushResult>(till, '/edge/sync/push', { method: 'POST', timeoutMs: 30_000 }),
    onSettled: () => client.invalidateQueries({ queryKey: ['status'] }),
  });
}

/** Switches the drill. */
export function useLinkMode() {
  const till = useTill();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (mode: EdgeStatus['link']['mode']) =>
      call<EdgeStatus['link']>(till, '/api/v1/link', { method: 'PUT', body: { mode } }),
    onSettled: () => client.invalidateQueries({ queryKey: ['status'] }),
  });
}

/** Ends the session at the edge; here it ends whatever the edge says. */
export function useSignOut() {
  const till = useTill();
  return () => {
    void call<string>(till, '/api/v1/sessions', { method: 'DELETE' });
    till.session.signOut();
  };
}
