import { describe, expect, it } from 'vitest';
import { directory, toFile } from '../../../../connectors/files/index.ts';
import { ArgumentError, count, type Job, jsonLines, type RunOptions, stream } from '../../../../src/index.ts';
import { testSink } from '../../../../src/testing/index.ts';
import { sharedSource } from '../../../support/shared-source.ts';

interface Reading {
  readonly key: string;
  readonly site: string;
  readonly at: number;
}

const checkpoint = directory('nowhere');
const named = { name: 'job', checkpoint };
const shared = (partitionedBy?: readonly string[]) =>
  stream(sharedSource<Reading>().source(partitionedBy === undefined ? {} : { partitionedBy }));
const sink = () => testSink<object>();

describe('what a job refuses whose input several processes share', () => {
  it.each<[string, () => Job, RunOptions, RegExp]>([
    ['no store', () => shared().to(sink()), { name: 'job' }, /`checkpoint` must be a checkpoint store, with `scale`/],
    ['no name', () => shared().to(sink()), { checkpoint }, /`name` must be a name that stays the same/],
    ['another input', () => shared().union(shared()).to(sink()), named, /`input` must be the only one, with `scale`/],
    [
      'a file',
      () => shared().to(toFile('x.jsonl', { format: jsonLines() })),
      named,
      /`to` must be no sink that follows/,
    ],
    [
      'state without a key',
      () => shared().eventTime('at').tumblingWindow(10).aggregate({ n: count() }).to(sink()),
      named,
      /`keyBy` must be called before it/,
    ],
    [
      'state behind the end of keys',
      () => shared().eventTime('at').keyBy('key').unkeyed().tumblingWindow(10).aggregate({ n: count() }).to(sink()),
      named,
      /`keyBy` must be called before it/,
    ],
    [
      'state where nobody knows how partitions were chosen',
      () => shared([]).eventTime('at').keyBy('key').tumblingWindow(10).aggregate({ n: count() }).to(sink()),
      named,
      /name in `partitionedBy`/,
    ],
    [
      'another key',
      () => shared().keyBy('site').to(sink()),
      named,
      /`key` must be a key with `key` \(`partitionedBy`\), got "site" \(string\); records of one key lie in several partitions; write them to a topic by the other key, and read that with a second job/,
    ],
    [
      'a key that is made',
      () =>
        shared()
          .keyBy({ key: ({ key }) => key })
          .to(sink()),
      named,
      /`key` must be a key with/,
    ],
    ['a key without all of them', () => shared(['site', 'key']).keyBy('key').to(sink()), named, /`site`, `key`/],
    [
      'a field that was changed',
      () =>
        shared()
          .derive({ key: ({ site }) => site })
          .keyBy('key')
          .to(sink()),
      named,
      /as it was in the message/,
    ],
  ])('%s', async (_, job, options, message) => {
    const running = job().run(options);
    await expect(running).rejects.toThrowError(ArgumentError);
    await expect(running).rejects.toThrowError(message);
  });

  it('nothing else: a key may have more fields, and steps without keys may hold records', () => {
    const chain = shared()
      .eventTime('at')
      .sortByTime()
      .mapAsync((each) => Promise.resolve(each));
    const job = chain.keyBy('site', 'key').tumblingWindow(10).aggregate({ n: count() }).to(sink());
    const running = job.run(named);
    running.catch(() => undefined);
    return expect(job.stop()).resolves.toMatchObject({ state: 'stopped' });
  });
});
