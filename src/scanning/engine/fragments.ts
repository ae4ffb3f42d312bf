/**
 * Three bytes each, of which nearly every `anywhere` anchor has one: few, rare in source texts, and those that resemble each other
 * on a line, so that the filter, which keeps the lines apart and not the fragments, lets little else through. Chosen by
 * `node scripts/fragments.ts`; an anchor that has none of them is found nevertheless, by a fragment of its own.
 */
export const fragmentGroups: readonly (readonly string[])[] = [
  ['b2+', 'db+', 'ft+', 'le+', 'na+', 'se+', 'te+', 've+'],
  ['0q~', '1q~', '2q~', '3q~', '4q~', '5q~', '6q~', '7q~', '8q~', '9q~', '_pw', 'dpw', 'jqq', 'tpw'],
  [':$1', ':$2', ':$5', ':$6', ':$a', ':$y', ':*:', 's-c'],
  ['://', ':26', ':54', ':64', 'g/b', 'k.o'],
  ['"kt', ':{s', 'mot'],
  ['p "', 'rs"', 'ss='],
  ['ce=', 'dr=', 'er=', 'id=', 'lm|', 'me='],
  ['asi', 'asv', 'azc', 'azf', 'azs', 'ost'],
  [':aa', 'gda', 'iad', 'kia', 'mac'],
  ['[cl', 'aio', 'scp', 'sig', 'zdo'],
  ['cdb', 'jdb', 'ngo', 'ogi', 'tok'],
  ['pe ', 'psk', 'pwd', 'uth'],
  ['@tc', '@un', 'bun', 'cur', 'dsn', 'ftp', 'ito'],
  ['dis', 'pas', 'sal', 'sql', 'tia', 'tic', 'tif'],
  ['+ab', '+ac', '+ae', '+as', '- n', '<au', '<lo', '<se'],
  ['bcp', 'ecr', 'key', 'nn_', 'pi]', 'riv'],
];

/** Three letters that source texts are full of, the most frequent first. */
export const commonFragments: readonly string[] = [
  'ion the tio ing con ons int ent age ess str ati res est ect ter pro typ ame tri val mes ret tur ype for ate rin err nam',
  'ssa etu sag urn sta par nst equ alu lue aaa fie req all ort que and ues loc def por thi jec ser per ges tes eld rea ers',
  'his iel ode ver ted cat dat com nte sel tor arg rat unc add ine ist ass fun lic rro ror get ile ara ope pat elf met ite',
  'era set fil cti ram ase exp not men nal ext tru rce our der ult ata oca nfi tat onf one che are pti mpo end ath tho use',
  'imp sio ead tin roj sou ert oje ble urc pre ice lin cal ith fig ack ize efi red nse nce out ont ind opt ces ime ini nde',
  'uin rom las cod len pec ere mat ins cts mod ali cla abl eth ore key nti wit tim eso num iti ste mpl tra ire fin min fro',
  'erv ete lse tch lis her lat orm ona pac ele let rue tha put ple ace fff rep api ren ese enc rec obj esp ran app nts pos',
  'var als ust hod spe ten eat cre ies wor non sys siz ifi ams omp ive ain bas hat can art und llo din cha oun tex ign rop',
  'sto ars tar ool eco clo tan anc pol ant les atc rsi rit run dit ide loa des reg spo act ica ssi pen att bje gle oli eve',
  'eta nct ute rgs rse pon lea eci lob ens ner ord sti pla ato new rou man ove yte sin glo ref ock nod hea onl byt ern sig',
  'unt amp mov tem den oin sse aul qui sed ang ast nly ach efa ena dir rma han bal',
].flatMap((line) => line.split(' '));
