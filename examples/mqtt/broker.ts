import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { Aedes } from 'aedes';

export interface Broker {
  readonly url: string;
  close(): Promise<void>;
}

/** A broker in this process. It speaks MQTT 3.1.1. */
export async function startBroker(): Promise<Broker> {
  const broker = await Aedes.createBroker();
  const server = createServer(broker.handle).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    server.close();
    await new Promise<void>((resolve) => broker.close(() => resolve()));
  };
  return { url: `mqtt://127.0.0.1:${port}`, close };
}
