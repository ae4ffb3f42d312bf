import type { Found, Place } from '../findings.ts';

/** A place as reports for programs write it: the same names in each of them. */
export function placeRecord(place: Place): object {
  const { path, address, start, end, confidence, reasons, layers, origin } = place;
  return {
    confidence,
    reasons,
    path,
    address,
    start,
    end,
    ...(layers.length === 0 ? {} : { layers }),
    ...(origin === undefined ? {} : originRecord(origin)),
  };
}

function originRecord({ blob, commit, author, date, reachable }: NonNullable<Place['origin']>): object {
  return {
    ...(commit === undefined ? {} : { commit }),
    ...(author === undefined ? {} : { author }),
    ...(date === undefined ? {} : { date }),
    blob,
    reachable,
  };
}

/** One sighting with everything that is known of it but the secret. */
export function foundRecord(found: Found): object {
  const { detector, provider, title, redacted, length, fingerprint, liveness } = found;
  const asked = liveness === undefined ? {} : { liveness };
  return { detector, provider, title, ...placeRecord(found), redacted, length, fingerprint, ...asked };
}
