/**
 * A payment that a person plays at the page of the simulated devices, over HTTP, with an edge that runs as in a shop: a card
 * goes into the slot, and digits are entered that are not its PIN. They come to the edge in a request, so that request, answer
 * and log are to be searched for them.
 */
import { must } from '@holdfast/base';
import { until } from '../../system/constellation.ts';
import type { TillAgain } from './till-again.ts';

type Page = Pick<TillAgain, 'ask' | 'post' | 'client'>;
type Device = { kind: string; snapshot: Record<string, unknown> | null };

const WORKFLOW_TYPE = 'AtThePage';
const DEFINITION = `workflow_type: ${WORKFLOW_TYPE}
state: { amount: money, currency: string }
steps:
  - name: Read_Card
  - name: Validate_Card_Offline
  - name: Verify_Pin
  - name: Approve_Offline
`;
const INPUT = { amount: '20.00', currency: 'SEK' };
const CARD = 'visa-offline-pin';
const ENDED = ['completed', 'failed', 'compensated', 'parked'];

/** Plays it; every answer of the page, as text. The payment ends without an approval. */
export async function playAtPage({ ask, post, client }: Page, pin: string): Promise<string[]> {
  const answers: string[] = [];
  const heard = async (answer: Response) => {
    const text = await answer.text();
    answers.push(text);
    return text;
  };
  const press = async (device: string, name: string, args: object = {}) =>
    void (await heard(await post(`/edge/devices/${device}/${name}`, args)));
  const seen = async (kind: string) => {
    const { devices }: { devices: Device[] } = await (await ask('/edge/devices')).json();
    return must(devices.find((device) => device.kind === kind)?.snapshot, 'the devices are simulated');
  };
  const asks = (digits: boolean) => async () => ((await seen('pin_pad')).asks !== null) === digits;
  // Digits that nobody asks for are refused.
  await press('pin_pad', 'enter_pin', { pin });
  await client.workflows.load(WORKFLOW_TYPE, DEFINITION);
  const { instance_id } = await client.workflows.start({ workflow_type: WORKFLOW_TYPE, input: INPUT });
  await until(
    'the reader waits for a card',
    async () => String((await seen('card_reader')).waits_for) !== '',
  );
  await press('card_reader', 'insert', { card: CARD });
  await until('the pad asks', asks(true));
  await press('pin_pad', 'enter_pin', { pin });
  await until('the card has said no', asks(true));
  await press('pin_pad', 'cancel');
  const hasEnded = async () => ENDED.includes((await client.workflows.show(instance_id)).status);
  await until('the payment has ended', hasEnded);
  await heard(await ask(`/edge/workflows/${instance_id}`));
  await press('card_reader', 'pull_out');
  return answers;
}
