import type { Clock } from '../../core/clock.ts';
import { groupInUse } from './group-in-use.ts';

/** A dead member goes when its session ends, and it may take as long until the others have learnt of that and joined anew. */
const sessions = 2;

export interface RivalWatchOptions {
  readonly clock: Clock;
  readonly groupId: string;
  readonly sessionTimeoutMs: number;
  readonly warn: (message: string) => void;
  readonly fail: (cause: unknown) => void;
}

/**
 * Another member of the group has all partitions. It may be a dead one, such as the consumer of this very job before its network
 * broke, which could not say that it leaves: that loses them when its session ends. If it does not, it is alive, and keeps them.
 */
export class RivalWatch {
  readonly #options: RivalWatchOptions;
  #cancel: (() => void) | undefined;
  #tellOver = (): void => {};
  /** Settled as soon as it is known whether the partitions come here. */
  over: Promise<void> = Promise.resolve();

  constructor(options: RivalWatchOptions) {
    this.#options = options;
  }

  /** Each time that the partitions have been shared out: how many came here. */
  assigned(count: number): void {
    if (count > 0) this.close();
    if (count > 0 || this.#cancel !== undefined) return;
    const { clock, groupId, sessionTimeoutMs, warn, fail } = this.#options;
    const waitMs = sessions * sessionTimeoutMs;
    warn(
      `another process has the partitions of the group "${groupId}"; if it is dead, they come here within ${waitMs} ms`,
    );
    this.over = new Promise((resolve) => (this.#tellOver = resolve));
    this.#cancel = clock.wakeAt(clock.now() + waitMs, () => {
      fail(groupInUse(groupId));
      this.#tellOver();
    });
  }

  close(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#tellOver();
  }
}
