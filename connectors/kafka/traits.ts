import type { SourceTraits } from '../../core/source.ts';
import type { FromKafkaSettings } from './source-options.ts';

export function kafkaTraits({ until }: FromKafkaSettings): SourceTraits {
  return { timestamps: true, live: until === undefined, replay: 'any' };
}
