/** Something that one side tells and the other waits for. What is told between a look and the wait is not missed. */
export class Notice {
  #told = false;
  /** Ends the wait that is under way, if one is. */
  #endWait: (() => void) | null = null;

  tell(): void {
    this.#told = true;
    this.#endWait?.();
  }

  /** Call it before the look: what is told from now on is news. */
  forget(): void {
    this.#told = false;
  }

  /** Resolves when it is told, at once if it was since `forget`, and after `limitMs` at the latest. */
  async wait(limitMs: number): Promise<void> {
    if (this.#told) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, limitMs);
      this.#endWait = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#endWait = null;
  }
}
