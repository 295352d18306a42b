import mqtt from 'mqtt';

/** What a device says; as devices are, not always what it should. */
interface Reading {
  readonly at: string;
  readonly celsius: string | number | null;
}

interface Device {
  readonly name: string;
  /** How far its clock is off. */
  readonly skewMs: number;
  readonly everyMs: number;
  /** In which tenth of its readings something is wrong. */
  readonly fault: 'gap' | 'repeat' | 'bad value' | 'far ahead' | 'none';
}

const devices: readonly Device[] = [
  { name: 'roof', skewMs: 0, everyMs: 50, fault: 'none' },
  { name: 'cellar', skewMs: -800, everyMs: 80, fault: 'gap' },
  { name: 'kitchen', skewMs: 400, everyMs: 100, fault: 'repeat' },
  { name: 'attic', skewMs: -300, everyMs: 60, fault: 'bad value' },
  { name: 'garden', skewMs: 100, everyMs: 120, fault: 'far ahead' },
];

/** Simulated devices that publish their readings; the answer has them stop. */
export async function startDevices(url: string): Promise<() => Promise<void>> {
  const client = await mqtt.connectAsync(url, { clientId: 'devices' });
  const timers = devices.map((device) => {
    let count = 0;
    return setInterval(() => {
      for (const reading of readings(device, count++)) {
        client.publish(`site/home/${device.name}/temperature`, JSON.stringify(reading), { qos: 1 });
      }
    }, device.everyMs);
  });
  return async () => {
    for (const timer of timers) clearInterval(timer);
    await client.endAsync(true);
  };
}

function readings({ skewMs, everyMs, fault }: Device, count: number): readonly Reading[] {
  const celsius = (20 + 5 * Math.sin((count * everyMs) / 4_000) + Math.random()).toFixed(2);
  const reading = { at: new Date(Date.now() + skewMs).toISOString(), celsius };
  if (fault === 'none' || count % 10 !== 0) return [reading];
  if (fault === 'gap') return [{ ...reading, celsius: null }];
  if (fault === 'repeat') return [reading, reading];
  if (fault === 'bad value') return [{ ...reading, celsius: 'err 17' }];
  return [{ ...reading, at: new Date(Date.now() + 86_400_000).toISOString() }];
}
