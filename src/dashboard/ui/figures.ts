const whole = new Intl.NumberFormat();
const short = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });

export function count(value: number): string {
  return whole.format(value);
}

/** "1 instance", "2 instances". */
export function instances(value: number): string {
  return `${count(value)} ${value === 1 ? 'instance' : 'instances'}`;
}

/** The text as a sentence begins. */
export function begun(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** One decimal below ten, none above: 0.4, 3.2, 125. */
export function rate(value: number): string {
  return value >= 10 ? whole.format(Math.round(value)) : short.format(value);
}

/** Bytes in the unit that reads best: 512 bytes, 3.4 MB, 1.2 TB. */
export function bytes(value: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB'];
  let size = value;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  if (unit === 0 && Math.round(size) === 1) return '1 byte';
  return `${unit === 0 ? whole.format(Math.round(size)) : size >= 100 ? whole.format(Math.round(size)) : short.format(size)} ${units[unit]}`;
}

/** Milliseconds in the two units that read best: 0.8 s, 3 min 20 s, 2 d 4 h. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return ms < 10_000 ? `${short.format(ms / 1000)} s` : `${seconds} s`;
  const parts: readonly (readonly [number, string])[] = [
    [86_400, 'd'],
    [3600, 'h'],
    [60, 'min'],
    [1, 's'],
  ];
  const first = parts.findIndex(([size]) => seconds >= size);
  let left = seconds;
  return parts
    .slice(first, first + 2)
    .map(([size, unit]) => {
      const amount = Math.floor(left / size);
      left -= amount * size;
      return amount === 0 ? '' : `${amount} ${unit}`;
    })
    .filter((text) => text !== '')
    .join(' ');
}
