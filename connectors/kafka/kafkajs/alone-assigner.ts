import type { PartitionAssigner } from 'kafkajs';
import { encodeAssignment, encodeMember, userDataOf } from './group-protocol.ts';

const name = 'millrace-alone';

/**
 * Gives every partition to one member: to the one that has them, or got them last; of newcomers, to the first by name. So a
 * second process of a job that runs alone gets nothing, and the first does not lose anything. Members that deal otherwise
 * cannot join such a group at all.
 *
 * `since`: since when this member has the partitions, in epoch ms; 0 where it has none.
 */
export function aloneAssigner(since: () => number): PartitionAssigner {
  return ({ cluster }) => ({
    name,
    version: 0,
    protocol: ({ topics }) => ({ name, metadata: encodeMember(topics, Buffer.from(String(since()))) }),
    assign: ({ members, topics }) => {
      const [owner] = members
        .map(({ memberId, memberMetadata }) => ({ memberId, since: Number(userDataOf(memberMetadata)) }))
        .toSorted((a, b) => b.since - a.since || (a.memberId < b.memberId ? -1 : 1));
      const all = topics.map((topic) => [topic, partitionsOf(cluster, topic)] as const);
      const assigned = members.map(({ memberId }) => ({
        memberId,
        memberAssignment: encodeAssignment(memberId === owner?.memberId ? Object.fromEntries(all) : {}),
      }));
      return Promise.resolve(assigned);
    },
  });
}

type Cluster = Parameters<PartitionAssigner>[0]['cluster'];

function partitionsOf(cluster: Cluster, topic: string): readonly number[] {
  return cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => partitionId);
}
