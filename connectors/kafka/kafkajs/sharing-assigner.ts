import type { PartitionAssigner } from 'kafkajs';
import { deal } from '../deal.ts';
import { encodeAssignment, encodeMember, userDataOf } from './group-protocol.ts';

const name = 'millrace-group';

/**
 * Deals partitions out by their numbers: those of one number, of all topics, go to one member. `owned`: the numbers that
 * this member has.
 */
export function sharingAssigner(owned: () => ReadonlySet<number>): PartitionAssigner {
  return ({ cluster }) => ({
    name,
    version: 0,
    protocol: ({ topics }) => ({ name, metadata: encodeMember(topics, Buffer.from([...owned()].join())) }),
    assign: ({ members, topics }) => {
      const lists = topics.map((topic) => {
        const all = cluster.findTopicPartitionMetadata(topic);
        return [topic, all.map(({ partitionId }) => partitionId)] as const;
      });
      const count = 1 + Math.max(-1, ...lists.flatMap(([, partitions]) => partitions));
      const holders = members.map(({ memberId, memberMetadata }) => ({ id: memberId, has: numbers(memberMetadata) }));
      const dealt = deal(holders, count);
      const assigned = members.map(({ memberId }) => {
        const own = dealt.get(memberId) ?? [];
        const partitions = lists.map(([topic, all]) => [topic, all.filter((each) => own.includes(each))] as const);
        return { memberId, memberAssignment: encodeAssignment(Object.fromEntries(partitions)) };
      });
      return Promise.resolve(assigned);
    },
  });
}

function numbers(member: Buffer): readonly number[] {
  const text = userDataOf(member).toString();
  return text === '' ? [] : text.split(',').map(Number);
}
