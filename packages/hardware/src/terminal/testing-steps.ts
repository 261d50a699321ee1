/** What tests of the terminal begin with: worlds over wallets, and the first steps of a payment in one. */
import { testWallet } from '../simulated/testing-terminal.ts';
import type { Wallet } from '../simulated/wallet.ts';
import type { ReadAnswer, VerifyAnswer } from './payment-types.ts';
import { type Presenting, type TestWorld, type TestWorldOptions, testWorld } from './testing-payment.ts';

export type TestWorlds = {
  /** The wallet of each {@link world}; its keys are made once. */
  wallet: Wallet;
  /** For what leaves the cards as they were. */
  world(options?: TestWorldOptions): Promise<TestWorld>;
  /** For what cards count: payments and wrong PINs. */
  worldOfNewCards(options?: TestWorldOptions): Promise<TestWorld>;
};

/** Worlds for the tests of one file. */
export function testWorlds(): TestWorlds {
  const wallet = testWallet();
  return {
    wallet,
    world: (options = {}) => testWorld({ wallet, ...options }),
    worldOfNewCards: (options = {}) => testWorld({ wallet: testWallet(), ...options }),
  };
}

/** Reads a card that is presented so. */
export async function read(
  { reader, terminal, call }: TestWorld,
  presenting: Presenting,
  amountMinor?: bigint,
): Promise<ReadAnswer> {
  reader.queue.push(presenting);
  return await terminal.readCard(call(amountMinor));
}

/** Verifies with these PINs, one after the other. */
export async function verify(of: TestWorld, ...pins: string[]): Promise<VerifyAnswer> {
  const verified = of.terminal.verifyPin(of.call());
  for (const pin of pins) {
    await of.asked();
    await of.enter(pin);
  }
  return await verified;
}
