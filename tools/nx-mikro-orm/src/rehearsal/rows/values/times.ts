import { typeNumbers, typeParts } from '../../../catalogue/kinds/naming.ts';
import { numbers, supply, type Supply } from './supply.ts';

const two = (number: number): string => String(number).padStart(2, '0');

/** The day that is so many days after the first of January 2020. */
const dayAfter = (days: number): string => new Date(Date.UTC(2020, 0, 1 + days)).toISOString().slice(0, 10);

const isDate = /^\d{4}-\d\d-\d\d$/;
const isTime = /^\d\d:\d\d(:\d\d(\.\d+)?)?([+-]\d\d)?$/;
const isTimestamp = /^\d{4}-\d\d-\d\d( \d\d:\d\d(:\d\d(\.\d+)?)?([+-]\d\d(:?\d\d)?)?)?$/;

export const date = supply(
  numbers().map((one) => dayAfter(one - 1)),
  ['2024-02-29', '0001-01-01', '9999-12-31', '1969-12-31', '1900-02-28'],
  (text) => isDate.test(text),
);

/** The fraction has as many digits as the type keeps, so that nothing is rounded on the way in. */
const fraction = (digits = 6): string => (digits > 0 ? `.${'123456'.slice(0, digits)}` : '');

export function timestamp(digits: number | undefined, zone: string): Supply {
  return supply(
    numbers().map((one) => `${dayAfter(one - 1)} 10:${two(one)}:00${zone}`),
    [
      `1999-12-31 23:59:59${fraction(digits)}${zone}`,
      `0001-01-02 00:00:00${zone}`,
      `9999-12-30 23:59:59${zone}`,
      `2024-02-29 12:00:00${zone}`,
      `1969-12-31 23:59:59${zone}`,
    ],
    (text) => isTimestamp.test(text),
  );
}

export function time(digits: number | undefined, zone: string): Supply {
  return supply(
    numbers().map((one) => `10:${two(one)}:00${zone}`),
    [`23:59:59${fraction(digits)}${zone}`, `00:00:00${zone}`],
    (text) => isTime.test(text),
  );
}

/** `format` says which fields are kept: of the others, nothing is left of a value. */
export function interval(format: string): Supply {
  // `interval day to second`
  const [, ...fields] = typeParts(format).name.split(' ');
  if (fields.includes('year') || fields.includes('month'))
    return supply(
      numbers().map((one) => (fields.includes('month') ? `${one} mons` : `${one} years`)),
      ['00:00:00', '-14 years'],
    );
  const unit = ['second', 'minute', 'hour'].find((field) => fields.includes(field)) ?? 'day';
  const [digits] = typeNumbers(format);
  const extreme =
    fields.length > 0
      ? ['00:00:00']
      : [`-1 years -2 mons +3 days -04:05:06${fraction(digits)}`, '00:00:00', '100000 years', '-1 days'];
  return supply(
    numbers().map((one) => `${one} ${unit}s`),
    extreme,
  );
}
