/** What a till asks of an edge once a fault is over. */
import { systemClock as clock } from '@holdfast/base';
import type { Campaign } from '../support/campaign.ts';
import { connectTo } from '../support/http-connection.ts';
import { createSaleMaker } from '../support/made-sale.ts';
import type { Seeded } from '../support/seeded.ts';
import { repeatOpen } from '../support/sellers.ts';

/** Repeats what is open and sells something new; a refusal is a finding. */
export async function mustSell(at: {
  url: string;
  apiToken: string;
  campaign: Campaign;
  /** Unique in the campaign. */
  prefix: string;
  random: Seeded;
}): Promise<void> {
  const { url, apiToken: token, campaign } = at;
  await repeatOpen({ url, token, book: campaign.book });
  const sale = createSaleMaker({ prefix: at.prefix, random: at.random, clock })();
  const connection = connectTo({ url, token });
  campaign.book.post(sale);
  const headers = sale.key === undefined ? undefined : { 'idempotency-key': sale.key };
  const posted = { method: 'POST', path: '/edge/transactions', headers, body: sale.body } as const;
  const answer = await connection.request(posted);
  connection.close();
  campaign.book.answer(sale, answer, false);
  if (answer.status !== 201) campaign.note(`${sale.reference}: it does not sell again: ${answer.body}`);
}
