/** Drives the sale machine: posts, repeats, keeps and forgets. The rules are in `logic/sale-machine.ts`. */
import type { SaleReceipt } from '@holdfast/protocol';
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useReducer } from 'react';
import { call, useSession, useTill } from '../context.tsx';
import { forgetSale, keepSale, oldestKeptSale } from '../logic/keeping.ts';
import { saleEventOf } from '../logic/sale-answer.ts';
import { type PendingSale, type SaleEvent, type SaleState, saleStep } from '../logic/sale-machine.ts';

export type SaleFlow = { state: SaleState; submit: (sale: PendingSale) => void; close: () => void };

/** One flow for the whole till; it outlives sign-ins, since a sale does. */
export function useSaleFlow(): SaleFlow {
  const { platform } = useTill();
  const session = useSession();
  const [state, dispatch] = useReducer(saleStep, { kind: 'idle' });
  const signedIn = session.kind === 'signed_in';

  useEffect(() => {
    if (!signedIn) return dispatch({ kind: 'signed_out' });
    dispatch({ kind: 'signed_in' });
    const kept = oldestKeptSale(platform.lasting);
    if (kept !== null) dispatch({ kind: 'resumed', sale: kept });
  }, [signedIn, platform]);

  useTries(state, dispatch);

  const submit = useCallback(
    (sale: PendingSale) => {
      // Before the first try, so that no reload can come between the try and the key.
      keepSale(platform.lasting, sale);
      dispatch({ kind: 'submitted', sale });
    },
    [platform],
  );
  const close = useCallback(() => dispatch({ kind: 'closed' }), []);
  return { state, submit, close };
}

function useTries(state: SaleState, dispatch: (event: SaleEvent) => void): void {
  const till = useTill();
  const client = useQueryClient();
  const { kind } = state;
  const sale = state.kind === 'idle' ? null : state.sale;

  useEffect(() => {
    if (sale === null || (kind !== 'posting' && kind !== 'repeating')) return;
    // A try that is no longer this state's says nothing: the next one with the same key gets the same answer.
    let current = true;
    const request = { method: 'POST', body: sale.body, idempotencyKey: sale.key } as const;
    void call<SaleReceipt>(till, '/edge/transactions', request).then((answer) => {
      if (!current) return;
      const event = saleEventOf(answer);
      // The key goes with the outcome, not with the screen: the page may be closed right after.
      if (event.kind === 'saved' || event.kind === 'refused') forgetSale(till.platform.lasting, sale.key);
      dispatch(event);
      void client.invalidateQueries({ queryKey: ['status'] });
    });
    return () => {
      current = false;
    };
  }, [kind, sale, till, client, dispatch]);

  const waitMs = state.kind === 'checking' ? state.waitMs : null;
  const tries = state.kind === 'checking' ? state.tries : 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each try arms the timer anew.
  useEffect(() => {
    if (waitMs === null) return;
    return till.platform.after(waitMs, () => dispatch({ kind: 'retry_due' }));
  }, [waitMs, tries, till, dispatch]);
}
