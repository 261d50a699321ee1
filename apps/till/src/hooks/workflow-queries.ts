/** What the page of workflows asks of the edge, through one cache. It polls: the edge is near. */
import type {
  WorkflowDefinitionDetail,
  WorkflowDefinitionList,
  WorkflowDetail,
  WorkflowList,
  WorkflowScheduleList,
} from '@holdfast/protocol';
import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { unwrap } from '../api.ts';
import { call, useTill } from '../context.tsx';
import { FILTERS, type Filter, hasEnded } from '../logic/workflow-view.ts';

type Wire<T extends { parse: (input: unknown) => unknown }> = ReturnType<T['parse']>;
export type WorkflowFacts = Wire<typeof WorkflowDetail>;
export type WorkflowSummary = Wire<typeof WorkflowList>['workflows'][number];
export type Standing = WorkflowFacts['standing'][number];
export type DefinitionFacts = Wire<typeof WorkflowDefinitionDetail>;
export type Definitions = Wire<typeof WorkflowDefinitionList>;
export type Schedules = Wire<typeof WorkflowScheduleList>;

const LIST_MS = 2_000;
const OPEN_MS = 1_000;
const ENDED_MS = 10_000;
const DEFINITIONS_MS = 5_000;
const PAGE_ROWS = 50;

/** What the list is narrowed to; an empty text narrows nothing. */
export type Narrowing = { filter: Filter; type: string; search: string };

/** Workflows, those that were updated last first, page by page. */
export function useWorkflows({ filter, type, search }: Narrowing) {
  const till = useTill();
  return useInfiniteQuery({
    queryKey: ['workflows', filter, type, search],
    queryFn: async ({ pageParam }) => {
      const query = new URLSearchParams({ limit: String(PAGE_ROWS) });
      for (const status of FILTERS[filter]) query.append('status', status);
      if (type !== '') query.set('type', type);
      if (search !== '') query.set('search', search);
      if (pageParam !== null) query.set('cursor', pageParam);
      return unwrap(await call<Wire<typeof WorkflowList>>(till, `/edge/workflows?${query}`));
    },
    // The first page has no cursor.
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
    refetchInterval: LIST_MS,
    placeholderData: keepPreviousData,
  });
}

/** One workflow; often while it is open. */
export function useWorkflow(id: string) {
  const till = useTill();
  return useQuery({
    queryKey: ['workflow', id],
    queryFn: async () => unwrap(await call<WorkflowFacts>(till, `/edge/workflows/${encodeURIComponent(id)}`)),
    refetchInterval: ({ state: { data } }) =>
      data !== undefined && hasEnded(data.status) ? ENDED_MS : OPEN_MS,
  });
}

/** Every version of every definition, and the files that were refused. */
export function useDefinitions() {
  const till = useTill();
  return useQuery({
    queryKey: ['workflow-definitions'],
    queryFn: async () => unwrap(await call<Definitions>(till, '/edge/workflow-definitions')),
    refetchInterval: DEFINITIONS_MS,
  });
}

/** One definition with its text. */
export function useDefinition(type: string) {
  const till = useTill();
  return useQuery({
    queryKey: ['workflow-definition', type],
    queryFn: async () =>
      unwrap(await call<DefinitionFacts>(till, `/edge/workflow-definitions/${encodeURIComponent(type)}`)),
    refetchInterval: DEFINITIONS_MS,
  });
}

export function useSchedules() {
  const till = useTill();
  return useQuery({
    queryKey: ['workflow-schedules'],
    queryFn: async () => unwrap(await call<Schedules>(till, '/edge/workflow-schedules')).schedules,
    refetchInterval: DEFINITIONS_MS,
  });
}

/** Something that is done about a workflow: `pause`, `signals/agree`, … */
export type Deed = { action: string; body?: object };

/** Does it, and reads what has become of the workflow. */
export function useDeed(id: string) {
  const till = useTill();
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ action, body }: Deed) =>
      call<WorkflowSummary>(till, `/edge/workflows/${encodeURIComponent(id)}/${action}`, {
        method: 'POST',
        ...(body !== undefined && { body }),
      }),
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ['workflow', id] }),
        client.invalidateQueries({ queryKey: ['workflows'] }),
      ]),
  });
}
