// npm run example:mqtt: simulated devices speak MQTT, their readings become roll-ups, and the terminal shows them live.
import { count, json, max, mean, stream } from 'millrace';
import { fromMqtt, toMqtt } from 'millrace/connectors/mqtt';
import { startBroker } from './mqtt/broker.ts';
import { startDevices } from './mqtt/devices.ts';
import { type Rollup, Screen } from './mqtt/screen.ts';

const broker = await startBroker();
const screen = new Screen();
// What the broker of this example speaks.
const address = { url: broker.url, connect: { protocolVersion: 4 } };

const job = stream(
  fromMqtt({
    ...address,
    clientId: 'rollup',
    topic: 'site/{site}/{device}/temperature',
    value: json<{ readonly at: string; readonly celsius: string | number | null }>(),
    record: (reading, { levels }) => ({ ...reading, device: levels.device }),
  }),
)
  .onReject((rejection) => screen.rejected(rejection))
  .dropMissing('celsius')
  .cast({ celsius: 'number', at: 'timestamp' })
  .eventTime('at', { outOfOrderness: '2s', idleAfter: '5s', maxAhead: '10m' })
  .keyBy('device')
  .tumblingWindow('1s')
  .aggregate({ n: count(), mean: mean('celsius'), max: max('celsius') })
  .ewma('mean', { alpha: 0.3, as: 'smoothed' })
  .to(toMqtt({ ...address, clientId: 'rollups', topic: ({ device }) => `rollup/${device}`, value: json() }));

const shown = stream(fromMqtt({ ...address, clientId: 'screen', topic: 'rollup/+', value: json<Rollup>() })).subscribe(
  (rollup) => screen.show(rollup),
);
const stopDevices = await startDevices(broker.url);

const { state, balanced } = await job.run({ name: 'rollup', stopOn: ['SIGINT', 'SIGTERM'] });

await stopDevices();
shown.unsubscribe();
await broker.close();
console.log(`\n${state}, ${balanced ? 'balanced' : 'not balanced'}; ${screen.summary}`);
