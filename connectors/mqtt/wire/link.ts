import type { Socket } from 'node:net';
import type { IClientOptions, IConnackPacket, MqttClient } from 'mqtt';
import type { Clock } from '../../../core/clock.ts';
import { ConnectorError } from '../../../core/errors.ts';
import { Closes } from './closes.ts';
import { loadDriver, type MqttDriver } from './driver.ts';
import { connectionRefused, hex, place, sessionTaken } from './refusal.ts';

/** Pauses between attempts to connect again. */
const firstPauseMs = 250;
const longestPauseMs = 30_000;
/** How long the last packets may take when a connection is closed. */
const closeWithinMs = 1_000;
const takenOver = 0x8e;

export interface LinkOptions {
  readonly where: string;
  readonly url: string;
  readonly clientId: string;
  /** Everything else that the driver is to be told. */
  readonly connect: IClientOptions;
  readonly clock: Clock;
  readonly load?: () => Promise<unknown>;
}

export interface LinkListener {
  /** A client that has not connected yet. */
  made?(client: MqttClient): void;
  /** The broker has accepted it. */
  connected(client: MqttClient, sessionPresent: boolean): void;
  /** The connection is gone; another one is tried. */
  lost(why: string): void;
  /** There will be no other. */
  failed(cause: unknown): void;
}

/** A connection to a broker that is made again when it is lost, each time with a new client: none of the driver's own memory survives. */
export class MqttLink {
  readonly #options: LinkOptions;
  readonly #listener: LinkListener;
  readonly #closes = new Closes();
  #driver: MqttDriver | undefined;
  #client: MqttClient | undefined;
  #pauseMs = firstPauseMs;
  #cancel = (): void => {};
  #isClosed = false;
  /** Nobody waits for the first connection any more. */
  #giveUp = (): void => {};

  constructor(options: LinkOptions, listener: LinkListener) {
    this.#options = options;
    this.#listener = listener;
  }

  get protocolVersion(): number {
    return this.#options.connect.protocolVersion ?? 5;
  }

  /** The first connection: kept when the broker has accepted it. */
  async open(): Promise<void> {
    this.#driver = await loadDriver(this.#options.where, this.#options.load);
    if (this.#isClosed) return;
    await new Promise<void>((resolve, reject) => {
      this.#giveUp = resolve;
      this.#connect(resolve, reject);
    });
  }

  /** The connection has been good for something: if it is lost, the next one may come soon. */
  worked(): void {
    this.#pauseMs = firstPauseMs;
  }

  /** Ends the connection, with whatever was sent before the call. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancel();
    this.#giveUp();
    const client = this.#client;
    this.#client = undefined;
    if (client === undefined) return;
    if (!client.connected) {
      client.end(true);
      return;
    }
    const gone = new Promise<void>((resolve) => client.stream.once('close', () => resolve()));
    const timer = setTimeout(() => client.stream.destroy(), closeWithinMs);
    // Pending requests do not matter any more: without this it would wait for their answers.
    client.outgoing = {};
    client.end(false);
    await gone;
    clearTimeout(timer);
  }

  #connect(accepted?: () => void, refused?: (cause: unknown) => void): void {
    const { where, url, clientId, connect } = this.#options;
    const client = this.#driver!.connect(url, {
      // The driver's own log costs a tenth of the time, also where nobody reads it.
      ...(process.env['DEBUG'] === undefined ? { log: () => {} } : {}),
      ...connect,
      clientId,
      protocolVersion: connect.protocolVersion ?? 5,
      // What we decide: when to connect, and again; what is subscribed to.
      manualConnect: true,
      reconnectPeriod: 0,
      resubscribe: false,
      queueQoSZero: false,
    });
    this.#client = client;
    const connection = new Connection(client);
    client.once('connect', (packet) => {
      // An answer of a few bytes would wait for the next one: tens of milliseconds, each time.
      (client.stream as Partial<Socket>).setNoDelay?.(true);
      this.#listener.connected(client, packet.sessionPresent);
      accepted?.();
    });
    client.once('close', () => {
      if (this.#client !== client) return;
      this.#client = undefined;
      const end = this.#ending(connection, clientId);
      client.end(true);
      if (this.#isClosed) return;
      // Whoever waits for the first connection is told when it has been accepted, or not.
      const tell = connection.acceptedAt === undefined ? refused : undefined;
      if (end instanceof ConnectorError) (tell ?? ((cause) => this.#listener.failed(cause)))(end);
      else if (tell !== undefined) {
        const what = `cannot reach the broker at ${place(url)}: ${end}`;
        tell(new ConnectorError(where, what, { cause: connection.error, retryable: true }));
      } else this.#again(end, connection);
    });
    try {
      this.#listener.made?.(client);
    } catch (cause) {
      this.#client = undefined;
      (refused ?? ((each) => this.#listener.failed(each)))(cause);
      return;
    }
    client.connect();
  }

  /** Why it ended: an error where trying again is no use. */
  #ending(connection: Connection, clientId: string): ConnectorError | string {
    const { where, url } = this.#options;
    const { error, reason, acceptedAt } = connection;
    if (reason === takenOver) return sessionTaken(where, clientId, hex(takenOver));
    const code = acceptedAt === undefined ? codeOf(error) : undefined;
    const refusal = code === undefined ? undefined : connectionRefused(where, url, code, error);
    if (refusal !== undefined) return refusal;
    const livedMs = acceptedAt === undefined ? Number.POSITIVE_INFINITY : performance.now() - acceptedAt;
    if (acceptedAt !== undefined && this.#closes.isFight(livedMs, connection.isEndedByPeer)) {
      return sessionTaken(where, clientId, 'the broker ends each connection soon after it has accepted it');
    }
    if (reason !== undefined) return `the broker said ${hex(reason)}`;
    return error === undefined ? 'the connection was closed' : messageOf(error);
  }

  #again(why: string, { acceptedAt }: Connection): void {
    if (acceptedAt !== undefined) this.#listener.lost(why);
    const { clock } = this.#options;
    const pauseMs = this.#pauseMs * (0.75 + Math.random() / 2);
    this.#pauseMs = Math.min(this.#pauseMs * 2, longestPauseMs);
    this.#cancel = clock.wakeAt(clock.now() + pauseMs, () => this.#connect());
  }
}

/** What one connection has told of itself. */
class Connection {
  acceptedAt: number | undefined;
  error: unknown;
  /** Of a DISCONNECT of the broker's. */
  reason: number | undefined;
  isEndedByPeer = false;

  constructor(client: MqttClient) {
    client.on('connect', (_packet: IConnackPacket) => {
      this.acceptedAt = performance.now();
      client.stream.once('end', () => (this.isEndedByPeer = this.error === undefined));
    });
    // Without a listener an error would end the process; what it means, the end of the connection tells.
    client.on('error', (error) => (this.error ??= error));
    client.on('disconnect', ({ reasonCode }) => {
      this.reason = reasonCode;
      // Whoever says so need not close.
      client.stream.destroy();
    });
  }
}

/** The reason code of a CONNACK; nothing where it is an error of the network's. */
function codeOf(error: unknown): number | undefined {
  const code = (error as { readonly code?: unknown } | undefined)?.code;
  return typeof code === 'number' ? code : undefined;
}

function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map((each) => messageOf(each)).join('; ');
  const { message, code } = error as { readonly message?: string; readonly code?: unknown };
  return message === undefined || message === '' ? String(code) : message;
}
