export interface HeaderSettings {
  /** Whether callers reach the gateway by TLS: its own, or that of a proxy before it. */
  readonly secure: boolean;
}

/** Two years, as browsers want it before they believe it. */
const hstsSeconds = 63_072_000;

/** Everything from the gateway itself; frames of images come as blobs too. */
const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'self'",
].join('; ');

/** An answer of the API is never a page, whatever somebody gets a browser to take it for. */
const apiPolicy = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox";

const deniedFeatures = [
  'accelerometer',
  'camera',
  'display-capture',
  'geolocation',
  'gyroscope',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'publickey-credentials-get',
  'screen-wake-lock',
  'usb',
  'xr-spatial-tracking',
]
  .map((feature) => `${feature}=()`)
  .join(', ');

/** Headers of every answer of the API: nothing of it may be kept, framed, sniffed or run. */
export function apiHeaders({ secure }: HeaderSettings): Readonly<Record<string, string>> {
  return { ...common(secure), 'content-security-policy': apiPolicy, 'cache-control': 'no-store' };
}

/**
 * Headers of the pages of the dashboard. `keep`: for files whose names change with their content (built scripts and
 * styles hold no data), which browsers may keep for a year.
 */
export function pageHeaders(
  { secure }: HeaderSettings,
  keep: 'nothing' | 'built-file' = 'nothing',
): Readonly<Record<string, string>> {
  return {
    ...common(secure),
    'content-security-policy': pagePolicy,
    'cache-control': keep === 'nothing' ? 'no-store' : 'private, max-age=31536000, immutable',
  };
}

function common(secure: boolean): Record<string, string> {
  return {
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': deniedFeatures,
    ...(secure ? { 'strict-transport-security': `max-age=${hstsSeconds}` } : {}),
  };
}
