import { numbers, plenty, supply, type Supply } from './supply.ts';

/** Limits by type (manual, chapter 8.1). */
const limits: Record<string, [bigint, bigint]> = {
  int2: [-(2n ** 15n), 2n ** 15n - 1n],
  int4: [-(2n ** 31n), 2n ** 31n - 1n],
  int8: [-(2n ** 63n), 2n ** 63n - 1n],
  oid: [0n, 2n ** 32n - 1n],
};

const whole = /^-?(0|[1-9]\d*)$/;
const decimal = /^-?(0|[1-9]\d*)(?:\.(\d+))?$/;

export function integer(type: string): Supply {
  const [least, most] = limits[type] ?? [0n, 0n];
  const extreme = [most, least, 0n, -1n, most - 1n].filter((one) => one >= least).map(String);
  return supply(
    numbers().map(String),
    [...new Set(extreme)],
    (text) => whole.test(text) && BigInt(text) >= least && BigInt(text) <= most,
  );
}

/** Of what a sequence counts: what it could have given, so that it can go on after it. */
export function counterSupply(
  type: string,
  { min, max, increment }: { min: string; max: string; increment: string },
): Supply {
  const [least, most] = limits[type] ?? [BigInt(min), BigInt(max)];
  const step = BigInt(increment) < 0n ? -1n : 1n;
  const start = step > 0n ? (BigInt(min) > 1n ? BigInt(min) : 1n) : BigInt(max) < -1n ? BigInt(max) : -1n;
  const inside = (one: bigint) => one >= least && one <= most && one >= BigInt(min) && one <= BigInt(max);
  const values = Array.from({ length: plenty }, (_, at) => start + step * BigInt(at)).filter(inside);
  return supply(values.map(String));
}

/** One of the first has a fraction: it shows what a conversion to whole numbers does. */
const withFraction = (one: number): string => (one === 3 ? '3.5' : String(one));

/** `numeric(precision, scale)`; without them, of any size. */
export function numeric([precision, scale = 0]: number[]): Supply {
  if (precision === undefined)
    return supply(
      numbers().map(withFraction),
      ['12345678901234567890.0123456789', '0', '-0.5', '-98765432109876543210', '0.000000001'],
      (text) => decimal.test(text),
    );
  const places = (digits: bigint): string => {
    if (scale <= 0) return digits === 0n ? '0' : `${digits}${'0'.repeat(-scale)}`;
    const padded = `${digits}`.padStart(scale + 1, '0');
    return `${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
  };
  const most = 10n ** BigInt(precision) - 1n;
  const before = precision - scale;
  const plain = scale >= 0 && before >= 1;
  const limit = plain ? 10n ** BigInt(before) - 1n : most;
  const ordinary = numbers()
    .filter((one) => BigInt(one) <= limit)
    .map((one) => (plain ? (scale > 0 ? withFraction(one) : String(one)) : places(BigInt(one))));
  const extreme = [places(most), `-${places(most)}`, '0', ...(scale > 0 ? [places(1n), `-${places(1n)}`] : ['-1'])];
  const fits = (text: string): boolean => {
    const [, ahead = '', behind = ''] = decimal.exec(text) ?? [];
    return plain
      ? ahead !== '' && (ahead === '0' || ahead.length <= before) && behind.length <= scale
      : ordinary.includes(text);
  };
  return supply(ordinary, scale < 0 ? extreme.slice(0, 3) : extreme, fits);
}

/** Values that the type prints as they are written here. */
export const float = (type: string): Supply =>
  supply(
    numbers().map(withFraction),
    type === 'float4'
      ? ['1e+30', '0', '-0.5', '0.12345679', '1e-30', '-3e+38']
      : ['1e+300', '0', '-0.5', '0.12345678901234568', '1e-300', '-1.5e+308'],
    (text) => decimal.test(text) && text.length < 7,
  );

export const money = supply(
  numbers().map((one) => (one === 3 ? '3.50' : `${one}.00`)),
  ['92233720368547758.07', '0.00', '-0.01', '-92233720368547758.08'],
  (text) => decimal.test(text) && /^-?\d{1,12}(\.\d\d?)?$/.test(text),
);
