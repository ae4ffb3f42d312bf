import { WatchwordError } from '../../foundation/errors.ts';

/** @param where the field, as it is called below the wire, which tells it in its own words. @throws WatchwordError `login.invalid`, always */
export function invalidField(where: string, message: string): never {
  throw new WatchwordError('login.invalid', `${where}: ${message}`, { where });
}
