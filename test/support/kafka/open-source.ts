import { onTestFinished } from 'vitest';
import { fromKafka, type FromKafkaOptions } from '../../../connectors/kafka/index.ts';
import type { SourceReader, SourceRequest } from '../../../core/source.ts';
import { systemClock } from '../../../src/system-clock.ts';
import { requestOf } from '../connector-contract.ts';
import { kafkaClient, uniqueName } from './test-topic.ts';

type Given<V, T> = Partial<FromKafkaOptions<V, T, 'reject' | 'skip' | 'pass'>> & {
  readonly topic: string | readonly string[];
  readonly value: FromKafkaOptions<V, T>['value'];
};

/** Opens a source of the shared broker, in a group of its own that is read from the beginning unless the test says otherwise. */
export function openSource<V, T = V>(given: Given<V, T>, request: Partial<SourceRequest> = {}): SourceReader<T> {
  const options = { kafka: kafkaClient(), groupId: uniqueName('group'), from: 'earliest', ...given } as const;
  const source = fromKafka<V, T, 'reject' | 'skip' | 'pass'>(options);
  const reader = source.open(requestOf({ clock: systemClock, ...request }));
  onTestFinished(() => reader.close());
  return reader;
}
