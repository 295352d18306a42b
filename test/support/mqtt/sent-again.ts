import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Mosquitto } from './mosquitto.ts';

/** Of a Mosquitto whose log is read. */
export const logsAll = ['log_dest file {folder}/log', 'log_type all'] as const;

export interface SentAgain {
  /** Messages that the broker marked as perhaps known. */
  readonly again: number;
  /** Those among them whose receipt it had already confirmed: it sent PUBREL, and then PUBLISH, which the protocol forbids. */
  readonly against: number;
  /** So many were out at most: sent, and their exchange not over. */
  readonly mostOut: number;
}

const publish = /^\d+: Sending PUBLISH to (\S+) \(d([01]), q\d, r\d, m(\d+),/;
const pubrel = /^\d+: Sending PUBREL to (\S+) \(m(\d+)/;
const over = /^\d+: Received (?:PUBACK|PUBCOMP) from (\S+) \(Mid: (\d+)/;

/**
 * What the log of a Mosquitto that has stopped says it sent to a client once more. After a connection that broke while it sent a
 * long queue, 2.0.11 has more on its way than `max_inflight_messages`, and sometimes sends again what the client has let it forget.
 */
export function sentAgain({ folder }: Mosquitto, clientId: string): SentAgain {
  const [confirmed, out] = [new Set<string>(), new Set<string>()];
  const counts = { again: 0, against: 0, mostOut: 0 };
  for (const line of readFileSync(join(folder, 'log'), 'utf8').split('\n')) {
    const [, to, duplicate, sent = ''] = publish.exec(line) ?? [];
    if (to === clientId) {
      if (duplicate === '1') counts.again++;
      if (duplicate === '1' && confirmed.has(sent)) counts.against++;
      confirmed.delete(sent);
      out.add(sent);
      counts.mostOut = Math.max(counts.mostOut, out.size);
      continue;
    }
    const [, released, id = ''] = pubrel.exec(line) ?? [];
    if (released === clientId) confirmed.add(id);
    const [, ends, done = ''] = over.exec(line) ?? [];
    if (ends !== clientId) continue;
    confirmed.delete(done);
    out.delete(done);
  }
  return counts;
}
