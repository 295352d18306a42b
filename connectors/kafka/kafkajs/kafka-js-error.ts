import { ConnectorError, type ErrorCode } from '../../../core/errors.ts';

interface Case {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly what: string;
  readonly matches: RegExp;
}

/**
 * The names and types of kafkajs, and the texts of two that say nothing else: of a broker that went away, and the TypeError
 * that kafkajs makes of metadata which it lost with its connections. The particular ones first.
 */
const cases: readonly Case[] = [
  {
    code: 'ML_KAFKA_UNKNOWN_TOPIC',
    retryable: false,
    what: 'the topic is not there; create it first',
    matches: /^(UNKNOWN_TOPIC_OR_PARTITION|INVALID_TOPIC_EXCEPTION)$/,
  },
  {
    code: 'ML_KAFKA_NOT_AUTHORIZED',
    retryable: false,
    what: 'the broker does not allow it; look at the credentials and the ACLs',
    matches: /AUTHORIZATION_FAILED$|^(SASL_AUTHENTICATION_FAILED|ILLEGAL_SASL_STATE|KafkaJSSASLAuthenticationError)$/,
  },
  {
    code: 'ML_KAFKA_TOO_LARGE',
    retryable: false,
    what: 'the message is larger than the topic takes; raise its `max.message.bytes`, or write less',
    matches: /^(MESSAGE_TOO_LARGE|RECORD_LIST_TOO_LARGE)$/,
  },
  {
    code: 'ML_KAFKA_COMPRESSION',
    retryable: false,
    what: 'kafkajs has no codec for it; register one in its `CompressionCodecs` (kafkajs-snappy, kafkajs-lz4)',
    matches: /^(KafkaJSNotImplemented|UNSUPPORTED_COMPRESSION_TYPE)$/,
  },
  {
    code: 'ML_KAFKA_GROUP_IN_USE',
    retryable: false,
    what: 'the group has members of another kind; give this job a group of its own',
    matches: /^(INCONSISTENT_GROUP_PROTOCOL|GROUP_ID_NOT_FOUND)$/,
  },
  {
    code: 'ML_KAFKA_FENCED',
    retryable: false,
    what: 'another process of the same name has taken over its transactions',
    matches: /^(INVALID_PRODUCER_EPOCH|PRODUCER_FENCED|TRANSACTION_COORDINATOR_FENCED)$/,
  },
  {
    code: 'ML_ARGUMENT',
    retryable: false,
    what: 'the broker refuses so long a transaction (`transaction.max.timeout.ms`); lower `transactionTimeout`',
    matches: /^INVALID_TRANSACTION_TIMEOUT$/,
  },
  {
    code: 'ML_KAFKA_NO_ANSWER',
    retryable: true,
    what: 'something took the connection and did not answer as Kafka does; is it the port of a broker, and do both sides speak TLS?',
    matches: /^(KafkaJSConnectionClosedError|KafkaJSRequestTimeoutError|ECONNRESET|Broker not connected)$/,
  },
  {
    code: 'ML_KAFKA_UNREACHABLE',
    retryable: true,
    what: 'no broker can be reached',
    matches:
      /^(KafkaJSConnectionError|KafkaJSNoBrokerAvailableError|KafkaJSBrokerNotFound|KafkaJSGroupCoordinatorNotFound|KafkaJSMetadataNotLoaded|KafkaJSTopicMetadataNotLoaded|KafkaJSLockTimeout|ECONNREFUSED|ENOTFOUND|EHOSTUNREACH|ETIMEDOUT)$|reading 'topicMetadata'/,
  },
];

/** Never worth another try: a bug, here or there. */
const bugs = /^(TypeError|RangeError|ReferenceError|SyntaxError)$/;

/** An error of kafkajs as ours. */
export function kafkaJsError(where: string, doing: string, cause: unknown): ConnectorError {
  if (cause instanceof ConnectorError) return cause;
  const chain = causesOf(cause);
  for (const { code, retryable, what, matches } of cases) {
    if (!chain.some((each) => namesOf(each).some((name) => matches.test(name)))) continue;
    return new ConnectorError(where, `cannot ${doing}: ${what} (${told(chain)})`, { cause, retryable, code });
  }
  const retryable = chain.every(isRetryable);
  return new ConnectorError(where, `cannot ${doing}: ${told(chain)}`, { cause, retryable });
}

/** Whether it is the protocol's error of one of these types. */
export function isOfType(cause: unknown, types: readonly string[]): boolean {
  return causesOf(cause).some((each) => namesOf(each).some((name) => types.includes(name)));
}

function causesOf(error: unknown): readonly unknown[] {
  const chain: unknown[] = [];
  for (let each = error; each !== undefined && each !== null && !chain.includes(each);) {
    chain.push(each);
    each = each instanceof Error ? each.cause : undefined;
  }
  return chain;
}

function namesOf(error: unknown): readonly string[] {
  const { name, type, code, message } = error as Partial<Record<'name' | 'type' | 'code' | 'message', unknown>>;
  return [name, type, code, message].filter((each) => typeof each === 'string');
}

/** kafkajs wraps what it has given up on as not retriable, though another day may do: the last cause decides. */
function isRetryable(error: unknown, place: number, chain: readonly unknown[]): boolean {
  if (namesOf(error).some((name) => bugs.test(name))) return false;
  if (place < chain.length - 1) return true;
  const { retriable, name } = error as { readonly retriable?: boolean; readonly name?: string };
  return retriable !== false || name === 'KafkaJSNumberOfRetriesExceeded';
}

function told(chain: readonly unknown[]): string {
  const last = chain.at(-1);
  return last instanceof Error ? last.message : String(last);
}
