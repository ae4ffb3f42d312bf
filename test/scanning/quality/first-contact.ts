/**
 * Figures of samples that were made without sight of the detectors, measured once, by a generator that is not part of this repository.
 * Written down by hand when measured.
 */
const rows: readonly (readonly string[])[] = [
  [
    'class',
    'samples',
    'first run',
    'second set, first run',
    'corrected',
    'betterleaks 2.0.0-rc.4',
    'kingfisher 2.14',
    'secretlint 13',
  ],
  ['structured, ML', '660', '98.9 %', '99.4 %', '100.0 %', '66.1 %', '53.5 %', '14.5 %'],
  ['structured, others', '1023', '97.2 %', '99.3 %', '99.8 %', '84.7 %', '76.9 %', '24.3 %'],
  ['contextual, ML', '720', '96.9 %', '96.5 %', '99.3 %', '73.3 %', '30.7 %', '2.4 %'],
  ['contextual, others', '876', '96.7 %', '94.5 %', '99.7 %', '75.2 %', '28.0 %', '0.0 %'],
  ['generic', '1020', '85.8 %', '87.5 %', '94.0 %', '58.2 %', '15.0 %', '11.2 %'],
  ['configuration files of tools', '528', '100.0 %', '100.0 %', '100.0 %', '61.4 %', '26.9 %', '4.0 %'],
  ['private keys', '128', '100.0 %', '100.0 %', '100.0 %', '81.2 %', '62.5 %', '68.8 %'],
  ['found again in a cell of a notebook', '', '99.0 %', '99.7 %', '100.0 %', '65.6 %', '81.6 %', '85.0 %'],
  ['exactly the secret', '', '99.4 %', '99.9 %', '100.0 %', '98.3 %', '95.1 %', '78.5 %'],
  ['must stay silent, flagged', '2482', '2.3 %', '2.7 %', '0.0 %', '5.1 %', '0.2 %', '0.6 %'],
];

/** Sets of silent texts of new kinds, in the order in which they were made. */
const silent: readonly (readonly string[])[] = [
  ['set', 'kinds', 'samples', 'flagged at first contact', 'flagged after corrections'],
  ['---', '---', '---', '---', '---'],
  ['third', '59', '2006', '5.3 %', '0.0 %'],
  ['fourth', '67', '1340', '13.1 %', '0.0 %'],
  ['fifth', '75', '1125', '8.8 %', '0.1 %'],
  ['sixth', '57', '855', '25.6 %', '3.3 %'],
  ['seventh', '46', '690', '16.1 %', '0.0 %'],
  ['eighth', '46', '690', '9.0 %', '0.0 %'],
  ['ninth, about providers', '25', '375', '6.9 %', '1.3 %'],
];

/** A later collection, by somebody who had seen neither the detectors nor the other sets. */
const third: readonly (readonly string[])[] = [
  ['class', 'samples', 'first run', 'betterleaks 2.0.0-rc.4', 'kingfisher 2.14'],
  ['---', '---', '---', '---', '---'],
  ['contextual, 140 providers', '500', '99.0 %', '75.8 %', '16.6 %'],
  ['generic', '700', '85.0 %', '55.4 %', '7.0 %'],
  ['of both, exactly the secret', '', '99.4 %', '98.3 %', '86.4 %'],
  ['must stay silent, flagged (75 kinds)', '3750', '0.9 %', '10.6 %', '0.8 %'],
];

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const [head = [], ...body] = rows;

/** The section of the page about them. */
export const firstContact: readonly string[] = [
  '## Samples from elsewhere, and other scanners',
  '',
  'A second collection was made from the published formats and from how people leave credentials, without sight of the detectors.',
  '"First run" is what was found in it before anything was corrected; the second set has other surroundings and other silent texts, and',
  'was made after corrections by the first. "Corrected" is the first set again, and flatters: what stands in "first run" is nearer to',
  'what to expect elsewhere. The other scanners ran on the first set with all of their rules, at any confidence, without asking a',
  'provider; a finding counts when it holds the secret or a part of it, in a notebook at any place, where ours had the right address in',
  'each case.',
  '',
  'Silent texts of kinds that nobody here had thought of are where it errs most. Seven sets of new kinds were made one after the other,',
  'each after what the one before had shown was corrected, and each nastier than what a usual file holds. What was flagged at first',
  'contact, at any confidence (from the sixth on by an author who had read the judge while correcting it), came each time from a few kinds as a whole: keys of records, caches and datasets (`experiment_key`,',
  '`sample_token`), checksums under the name of a secret, hashed and encrypted passwords, tokens of forms and of pages.',
  '',
  ...silent.map(line),
  '',
  line(head),
  line(head.map(() => '---')),
  ...body.map(line),
  '',
  'A third collection was made when all of these had been corrected, again without sight of the detectors. Of the silent texts 35 were',
  'flagged, 21 of them as medium: keys that are made for browsers (since then 12 of them are left), keys on a keyboard (none left), and',
  'the hash of a role in contracts of a blockchain. Most of what is missed are pass phrases of plain words.',
  '',
  ...third.map(line),
  '',
];
