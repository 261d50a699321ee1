/** The power of a simulated device, which may be cut between any two things that it does. */

/** Ends whatever the device was doing. Never leaves the device: its orders become unknown. */
export class PowerCut extends Error {
  override name = 'PowerCut';
}

/** A switch, and a hand that may pull the plug at the next step. */
export class Power {
  #isOn = true;
  #stepsLeft: number | null = null;
  #lost = new AbortController();

  get isOn(): boolean {
    return this.#isOn;
  }

  /** Aborts when the power goes. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** Stands between any two things that the device does. Throws {@link PowerCut} once the power is gone. */
  step(): void {
    if (this.#stepsLeft !== null) {
      this.#stepsLeft -= 1;
      if (this.#stepsLeft < 0) this.cut();
    }
    if (!this.#isOn) throw new PowerCut('the power is gone');
  }

  /** Cuts it when so many more steps have been made. */
  cutAfter(steps: number): void {
    this.#stepsLeft = steps;
  }

  cut(): void {
    this.#isOn = false;
    this.#stepsLeft = null;
    this.#lost.abort();
  }

  /** Takes a cut back that has not come yet. */
  cutNoMore(): void {
    this.#stepsLeft = null;
  }

  restore(): void {
    this.#isOn = true;
    this.#lost = new AbortController();
  }
}
