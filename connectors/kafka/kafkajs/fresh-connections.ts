import type { Socket } from 'node:net';
import type { KafkaClient } from '../driver-of.ts';

/** A connection of kafkajs, as far as it matters here: it is used again when it has broken. */
interface Connection {
  connect(): Promise<unknown>;
  isConnected(): boolean;
  processData(bytes: Buffer): void;
  socket?: Socket;
  /** What has come of the next answer. */
  chunks: Buffer[];
  bytesBuffered: number;
  bytesNeeded: number;
}

interface Cluster {
  readonly connectionPoolBuilder: { build(to?: unknown): Promise<{ readonly pool: readonly Connection[] }> };
}

/** Bytes that say how long an answer is. */
const lengthBytes = 4;

/**
 * The client, with connections that begin anew when they are made again. kafkajs keeps what had come of an answer when its
 * connection broke, and reads the answers of the next one behind it: requests time out, or its parser throws where nobody
 * catches it, and the process is over.
 */
export function withFreshConnections(kafka: KafkaClient): KafkaClient {
  const create = Object.getOwnPropertySymbols(kafka).find(({ description }) => description?.endsWith(':createCluster'));
  // A wrapper around a client: what is in it is not seen.
  if (create === undefined) return kafka;
  const createCluster = (kafka as unknown as Record<symbol, (options: unknown) => Cluster>)[create]!;
  const createFresh = (options: unknown): Cluster => {
    const cluster = createCluster(options);
    const builder = cluster.connectionPoolBuilder;
    const build = builder.build.bind(builder);
    builder.build = async (to) => {
      const made = await build(to);
      made.pool.forEach(freshen);
      return made;
    };
    return cluster;
  };
  return Object.create(kafka, { [create]: { value: createFresh } }) as KafkaClient;
}

function freshen(connection: Connection): void {
  const connect = connection.connect.bind(connection);
  const processData = connection.processData.bind(connection);
  connection.connect = () => {
    if (!connection.isConnected()) {
      // It was only told that nothing more would be asked, and may still bring something.
      connection.socket?.removeAllListeners('data').destroy();
      Object.assign(connection, { chunks: [], bytesBuffered: 0, bytesNeeded: lengthBytes });
    }
    return connect();
  };
  connection.processData = (bytes) => {
    try {
      processData(bytes);
    } catch (cause) {
      // What is not of Kafka ends the connection, not the process.
      connection.socket?.destroy(cause as Error);
    }
  };
}
