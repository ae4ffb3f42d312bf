import { WatchwordError } from '../../foundation/errors.ts';

/** @param where the field, as callers write it @throws WatchwordError `engine.invalid`, always */
export function invalidSetting(where: string, what: string): never {
  throw new WatchwordError('engine.invalid', `${where}: ${what}`, { where });
}

/** For what a caller says and the role does not allow. @throws WatchwordError `request.invalid`, always */
export function invalidRequest(where: string, what: string): never {
  throw new WatchwordError('request.invalid', `${where}: ${what}`, { where });
}
