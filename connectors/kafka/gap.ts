import { ConnectorError } from '../../core/errors.ts';

/**
 * Retention has deleted what should come next: where to go on.
 *
 * @throws ConnectorError (`ML_KAFKA_GAP`) under `fail`, with how much is gone.
 */
export function gap(partition: string, wanted: bigint, low: bigint, onGap: 'fail' | 'earliest'): bigint {
  if (onGap === 'earliest') return low;
  const what = `the next message of ${partition} would be ${wanted}, but retention has deleted up to ${low}: ${low - wanted} offsets are gone`;
  const choices = "`onGap: 'earliest'` goes on without them";
  throw new ConnectorError('fromKafka', `${what}; ${choices}`, { retryable: false, code: 'ML_KAFKA_GAP' });
}
