import { Processor } from '../../core/processor.ts';

export function makeUnkeyed(): Processor {
  return new UnkeyedProcessor();
}

class UnkeyedProcessor extends Processor {
  override record(value: unknown, timestamp: number): void {
    this.counts.passed++;
    this.next.record(value, timestamp, this.keys!.at(0));
  }
}
