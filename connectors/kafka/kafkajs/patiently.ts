import { isOfType } from './kafka-js-error.ts';

const passing = [
  'CONCURRENT_TRANSACTIONS',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'GROUP_LOAD_IN_PROGRESS',
  'NOT_COORDINATOR_FOR_GROUP',
  'LEADER_NOT_AVAILABLE',
  'NOT_LEADER_FOR_PARTITION',
];
const patienceMs = 30_000;

/** Tries again while a leader or a coordinator is moving, loading or busy with the transaction before: kafkajs does so in some places only. */
export async function patiently<T>(act: () => Promise<T>): Promise<T> {
  const until = performance.now() + patienceMs;
  for (let pauseMs = 10; ; pauseMs = Math.min(pauseMs * 2, 500)) {
    try {
      return await act();
    } catch (cause) {
      if (!isOfType(cause, passing) || performance.now() > until) throw cause;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}
