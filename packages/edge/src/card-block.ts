/**
 * The card's block of a receipt, out of what the steps of a workflow and the payload of a sale keep of a payment. What is
 * kept comes from a store that programs may write to as well: what does not fit prints no block.
 */
import { type CardPayment, faultOfCardPayment } from '@holdfast/commerce';
import { z } from 'zod';

/** Room for the longest field of a chip, 32 bytes, and for a label with marks. */
const CHARS_MAX = 64;
const Text = z.string().max(CHARS_MAX);

/** What `edge.approve_offline` leaves: the evidence of the card. What its fields may hold, the receipt knows. */
const KeptCard = z.object({
  application_label: Text,
  card_number: z.object({ first: Text, last: Text, length: z.number() }).nullable(),
  entry_mode: z.enum(['chip', 'contactless', 'magstripe', 'fallback', 'manual']).nullable(),
  verification: z.enum(['pin', 'signature', 'pin_and_signature', 'device', 'none']),
  chip: z
    .object({
      application_id: Text,
      tvr: Text.nullable(),
      tsi: Text.nullable(),
      cryptogram: z.object({ type: z.enum(['TC', 'ARQC', 'AAC']), value: Text }).nullable(),
      transaction_counter: Text.nullable(),
      issuer_application_data: Text.nullable(),
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

/** The block of an approval without the issuer; undefined where no card has approved, or what is kept may not be printed. */
export function cardBlockOf(of: CardBlockOf): CardPayment | undefined {
  const parsed = KeptCard.safeParse(of.kept);
  if (!parsed.success) return undefined;
  const { response_code, ...card } = parsed.data;
  const payment: CardPayment = {
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
  return faultOfCardPayment(payment) === undefined ? payment : undefined;
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
