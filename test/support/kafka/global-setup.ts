import type { TestProject } from 'vitest/node';
import { startKafka } from './kafka-cluster.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    readonly kafkaBrokers: readonly string[];
  }
}

/** One broker for all tests of a run: your own where `KAFKA_BROKERS` names it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env['KAFKA_BROKERS'];
  if (given !== undefined) {
    project.provide('kafkaBrokers', given.split(','));
    return () => Promise.resolve();
  }
  const cluster = await startKafka(1);
  project.provide('kafkaBrokers', cluster.addresses);
  return () => cluster.close();
}
