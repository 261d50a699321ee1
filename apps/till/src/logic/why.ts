/** Why an order was not carried out, in words. */
import type { Answer } from '../api.ts';
import type { Translate } from '../strings/catalogue.ts';

/** Null when it was. */
export function whyOf(answer: Answer<unknown>, t: Translate): string | null {
  if (answer.kind === 'ok') return null;
  const why = answer.kind === 'unreachable' ? `${t('edge_gone')}.` : answer.problem.detail;
  return t('wf_refused', { why });
}
