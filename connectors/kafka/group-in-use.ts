import { ConnectorError } from '../../core/errors.ts';

/** Another member has the partitions, and keeps them. */
export function groupInUse(groupId: string): ConnectorError {
  const what = `another process is reading with the group "${groupId}"; it keeps its partitions`;
  const cure = 'stop it, or choose another group';
  return new ConnectorError('fromKafka', `${what}; ${cure}`, { retryable: false, code: 'ML_KAFKA_GROUP_IN_USE' });
}
