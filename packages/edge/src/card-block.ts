/**
 * The card's block of a receipt, out of what the steps of a workflow and the payload of a sale keep of a payment. What is
 * kept comes from a store that programs may write to as well: what does not fit prints no block.
 */
import type { CardPayment } from '@holdfast/commerce';
import { z } from 'zod';

const Hex = z.string().regex(/^(?:[0-9A-F]{2})*$/);

/** What `edge.approve_offline` leaves: the evidence of the card. */
const KeptCard = z.object({
  application_label: z.string().max(64),
  card_number: z
    .object({
      first: z.string().regex(/^\d{0,8}$/),
      last: z.string().regex(/^\d{0,4}$/),
      length: z.number().int().min(12).max(19),
    })
    .refine(
      ({ first, last, length }) =>
        first.length <= (length < 16 ? 6 : 8) && first.length + last.length + 4 <= length,
      'a card number that is kept is truncated',
    )
    .nullable(),
  entry_mode: z.enum(['chip', 'contactless', 'magstripe', 'fallback', 'manual']).nullable(),
  verification: z.enum(['pin', 'signature', 'pin_and_signature', 'device', 'none']),
  chip: z
    .object({
      application_id: Hex.min(10).max(32),
      tvr: Hex.length(10).nullable(),
      tsi: Hex.length(4).nullable(),
      cryptogram: z.object({ type: z.enum(['TC', 'ARQC', 'AAC']), value: Hex.length(16) }).nullable(),
      transaction_counter: Hex.length(4).nullable(),
      issuer_application_data: Hex.min(2).max(64).nullable(),
    })
    .nullable(),
  response_code: z.string().max(2).nullable(),
});

/** What else a block needs. `amountMinor` is what the card is charged. */
export type CardBlockOf = {
  kept: unknown;
  amountMinor: bigint;
  currency: string;
  /** Of the step that approved; null before it has run. */
  approvalCode: string | null;
  terminalId: string;
  merchantId: string;
};

/** The block of an approval without the issuer; undefined where no card has approved. */
export function cardBlockOf(of: CardBlockOf): CardPayment | undefined {
  const parsed = KeptCard.safeParse(of.kept);
  if (!parsed.success) return undefined;
  const { response_code, ...card } = parsed.data;
  return {
    ...card,
    transaction: 'purchase',
    outcome: { kind: 'approved_offline', response_code },
    amount_minor: of.amountMinor,
    currency: of.currency,
    tip: null,
    conversion: null,
    terminal_id: of.terminalId,
    merchant_id: of.merchantId,
    stan: null,
    reference: of.approvalCode,
    original_reference: null,
  };
}

/** The card payment in the payload of a sale, and its approval code. */
const Payload = z.object({
  payment: z.object({ card_payment: z.unknown(), approval_code: z.string().nullish() }),
});

/** What the payload of a sale keeps of a card; undefined where it was paid otherwise. */
export function keptCardOf(payload: unknown): { kept: unknown; approvalCode: string | null } | undefined {
  const parsed = Payload.safeParse(payload);
  if (!parsed.success || parsed.data.payment.card_payment === undefined) return undefined;
  const { card_payment: kept, approval_code } = parsed.data.payment;
  return { kept, approvalCode: approval_code ?? null };
}
