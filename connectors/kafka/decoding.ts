import type { Format } from '../../core/format.ts';
import type { SourceRequest } from '../../core/source.ts';
import type { KafkaMessage } from './kafka-message.ts';
import type { FromKafkaSettings } from './source-options.ts';

/** How messages become records. */
export interface Decoding<T> {
  readonly format: string;
  readonly decode: NonNullable<Format<unknown>['decode']>;
  readonly record: ((value: never, message: KafkaMessage) => T) | undefined;
  readonly tombstones: 'reject' | 'skip' | 'pass';
}

/** With the fields that the chain reads; a user's `record` is shown whole values. */
export function decodingOf<T>(settings: FromKafkaSettings, fields: SourceRequest['fields']): Decoding<T> {
  const { format, record, tombstones } = settings;
  const decode = format.decoder?.(record === undefined ? fields : 'all') ?? format.decode;
  return { format: format.name, decode, record: record as Decoding<T>['record'], tombstones };
}
