import { bytesOf } from './spool-fixture.ts';

/** A data set that can be told whole or not by itself: its seed first, then what follows from it. */
export function crashContent(seed: number): Buffer {
  const whole = Math.floor(seed);
  const first = Buffer.alloc(4);
  first.writeUInt32LE(whole);
  return Buffer.concat([first, bytesOf(1000 + (whole % 150_000), whole)]);
}

export function isWholeCrashContent(dataSet: Buffer): boolean {
  return dataSet.length >= 4 && crashContent(dataSet.readUInt32LE()).equals(dataSet);
}
