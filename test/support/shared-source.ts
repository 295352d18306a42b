import type { Batch } from '../../core/batch.ts';
import type { JoinRequest, Source } from '../../core/source.ts';

/** A source that several jobs of a test share. It never ends; the test says who has which share. */
export interface SharedSource<T> {
  /** For one job of them; the first to join is the first in `deal`. */
  source(options?: { readonly partitionedBy?: readonly string[]; readonly graceMs?: number }): Source<T>;
  /** Adds records to a share. */
  add(share: string, ...records: readonly T[]): void;
  /** Who has what from now on, by the order of joining. */
  deal(...shares: readonly (readonly string[])[]): void;
  /** What members have been told, and what they fail with when they start. */
  readonly members: readonly JoinRequest[];
  readonly failures: unknown[];
  /** What has been committed, by share. */
  readonly committed: Map<string, number>;
}

export function sharedSource<T>(): SharedSource<T> {
  const log = new Map<string, T[]>();
  const members: JoinRequest[] = [];
  const failures: unknown[] = [];
  const committed = new Map<string, number>();
  const wakers = new Set<() => void>();

  const share = (name: string): Source<T> => ({
    name: 'shared',
    traits: { timestamps: false, live: true, replay: 'any' },
    open: ({ positions, signal }) => {
      let offset = Number(positions[name]?.['offset'] ?? 0);
      let isOpen = false;
      return {
        next: async () => {
          await Promise.resolve();
          if (!isOpen) {
            isOpen = true;
            return { done: false, value: { kind: 'opened', positions: { [name]: { offset } } } };
          }
          for (;;) {
            if (signal.aborted) return { done: true, value: undefined };
            const records = (log.get(name) ?? []).slice(offset);
            if (records.length > 0) {
              const batch = batchOf(name, records, offset);
              offset += records.length;
              return { done: false, value: { kind: 'batch', batch } };
            }
            await new Promise<void>((resolve) => {
              wakers.add(resolve);
              signal.addEventListener('abort', () => resolve(), { once: true });
            });
          }
        },
        commit: (done) => {
          committed.set(name, Number(done[name]?.['offset'] ?? 0));
          return Promise.resolve();
        },
        close: () => Promise.resolve(),
      };
    },
  });

  return {
    members,
    failures,
    committed,
    source: ({ partitionedBy = ['key'], graceMs = 100 } = {}) => ({
      name: 'shared',
      traits: { timestamps: false, live: true, replay: 'any' },
      open: () => {
        throw new Error('nobody opens the whole');
      },
      sharing: {
        option: '`scale`',
        partitionedBy,
        graceMs,
        join: (request) => {
          const start = async (): Promise<void> => {
            await Promise.resolve();
            if (failures.length > 0) throw failures.shift();
            members.push(request);
          };
          return { start, share, close: () => Promise.resolve() };
        },
      },
    }),
    add: (name, ...records) => {
      log.set(name, [...(log.get(name) ?? []), ...records]);
      for (const wake of wakers) wake();
      wakers.clear();
    },
    deal: (...shares) => {
      for (const [place, own] of shares.entries()) members[place]?.assigned(new Set(own));
    },
  };
}

function batchOf<T>(partition: string, records: readonly T[], first: number): Batch<T> {
  const positionAfter = (count: number): { readonly offset: number } => ({ offset: first + count });
  return { partition, records, bytes: 0, positionAfter, origin: () => undefined };
}
