/** Words of English and of programs, our own choice: enough to tell a name from chance. */
const VOCABULARY = `
about above abstract accept access account action active actor adapter add address admin after agent alert algorithm alias align
all allow alpha already always amount analysis and animal answer any api app append apple application apply approve archive area
argument array artifact asset assign async at attach attempt attention attribute audio audit auth author authorization auto
average avoid back backend background balance band bank bar base basic batch battery bearer because been before begin best beta
better between big binary bind bird black block blue board body book bool boolean border both bottom box branch bread bridge
bright broker browser bucket buffer build builder button buy by byte cache calculate calendar call callback camera can cancel
candidate canvas capital capture car card case cast cat catalog catch category cell center cert certificate chain chair change
channel chapter char character charge chart chat check child choice circle city class clean clear click client clock clone close
cloud cluster code codec coffee collect color column combine come command comment commit common company compare compile complete
component compute concat condition config confirm connect connection console constant contact container content context
continue control convert cookie copy core correct cost could count counter country create credential cross crypto current cursor
custom customer cycle daily data database dataset date day deadline debug decode deep default define delay delete delta demo deny
depend deploy depth description design desk detail detect developer device dialog dictionary different digest digital dimension
direct directory disable discover disk display distance do document dog does domain done door double down download draft dragon
draw driver drop dry dummy dump during dynamic each early east easy echo edge edit editor effect element else email embed employee
empty enable encode encoder encrypt end endpoint engine english enter entity entry enum env environment epoch equal error escape
even event every example exception exchange exclude execute exist exit expand expect expire explain export expression extend
external extra extract face factor factory fail failed failure fake false family fast fault feature feed fetch field figure file
fill filter final find fine finger finish fire first fish fix fixed fixture flag flat float flow flower focus folder follow font
food foot for force foreign forest forget form format forward found frame free freeze frequency friend from front full function
future game garden gate gateway general generate generator get girl give glass global go gold good gradient grant graph great
green grid group grow guard guest guide guild half hand handle handler happy hard hash have head header health heart heavy height
held hello help here hidden high history hold home hook horse host hot hour house how human hunter icon id idea identifier identity
idle if ignore image implement import in include index info init initial inline inner input insecure insert inside install
instance instead int integer integration interface internal internet interval into invalid invoice is island issue item iterate
java job join json jump just keep kernel key keyboard kind king kit know label lambda land language large last latency later
latest launch layer layout lazy lead learn learning least leave left legacy length let letter level library license life light like limit
line linear link list listen little live load loader local locale location lock log logger logic login logout long look loop loss
love low lower machine made magic mail main make manage manager many map mapping margin mark market mask master match material
matrix max maximum me mean media medium member memory menu merge message meta metadata method metric middle migration mile minimum
minute mirror miss missing mix mobile mock mode model modern modify module moment money monitor monkey month moon more morning
most mother mount mountain mouse move much multi multiple music must mutation my name namespace native navigation near need
nested network neural never new next night no node none normal north not note notebook nothing notify now null number object observe
ocean of off offer offset often old on once one online only open operation operator optimizer option optional or orange order
organization origin original other out outer output over override owner package packet padding page paint pair panel paper parallel
param parameter parent park parse parser part partial partner pass passphrase password paste patch path pattern pause pay payload
payment pending people percent perform period permission person phone photo picture pipeline pixel place placeholder plain plan
platform play player please plugin point policy pool popular port portal position positive possible post power predict prefix
present press preview previous price primary print priority private problem process processor produce product production
profile program project promise prompt property protect protocol provider proxy public publish pull purple push put query
question queue quick quiet quote random range rank rate raw reach read reader ready real reason receive recent record recover red
redirect reduce reference refresh region register regression reject relation release reload remote remove render repeat replace
replica reply report repository request require required reset resize resolve resource response rest restart restore result
resume retry return reverse review revoke rich right ring river road robot role room root rotate round route router row rule run
runner runtime safe sale same sample sandbox save scale scan schedule schema scheme science scope score screen script scroll sea
search season second secret section secure security see seed segment select self sell send sender sentence sequence serial server
service session set setting setup several shadow shape share shared sheet shell shift ship shop short should show side sign
signal signature signed signing silver simple since single site size skip sky sleep slice slot slow small smart smooth snake
snow so social socket soft software solid solution some song sort sound source south space spawn special speed split spring sql
stack staff stage standard star start state static station statistics status stay step still stone stop storage store story
stream street strict string strong structure student style subject submit subscribe success such suffix suite sum summary summer
sun super supply support sure surface switch symbol sync syntax system table tag take target task team technology temp template
temporary tensor term test testing text than that the their theme then there these they thing think this thread three threshold
through throw ticket tiger time timeout timer timestamp title to today together toggle token tokenizer tool top topic total touch
trace track train trainer training transfer transform transformer transition translate transport travel tree trigger true trust try
turn two type under undefined union unique unit unknown unlock until update upgrade upload upper url usage use user username
utility valid validate validation value variable vector verbose verify version video view virtual visible visit visual vocabulary
voice volume wait walk wall want warn warning was watch water wave way weak web webhook week weight welcome well were west what when
where which while white who whole why width wild will wind window winter wire with within without wizard word work worker workflow
workspace world would wrap write writer wrong yellow yes yesterday yet yield you young your zero zone experiment trial sensor sweep checkpoint chunk lease tenant span memo blob repo annotation scene pose patient accessor autumn qwerty letmein sunshine princess
`;

const A = 97;
const isSmall = (code: number): boolean => code >= A && code < A + 26;
const isCapital = (code: number): boolean => code >= 65 && code < 91;
const isLetter = (code: number): boolean => isSmall(code | 32);

/** Number of three letters, of which `code` gives each. */
const tripleAt = (text: string, at: number): number =>
  ((text.charCodeAt(at) - A) * 26 + text.charCodeAt(at + 1) - A) * 26 + text.charCodeAt(at + 2) - A;

interface Words {
  readonly all: ReadonlySet<string>;
  /** By the number of their first three letters: how long the longest is that begins with these. */
  readonly longest: Uint8Array;
}

let made: Words | undefined;
/** Made when the first value is judged, since most commits have none. */
function words(): Words {
  if (made !== undefined) return made;
  const all = new Set(VOCABULARY.split(/\s+/).filter((word) => word.length >= 3));
  const longest = new Uint8Array(26 ** 3);
  for (const word of all) {
    const triple = tripleAt(word, 0);
    longest[triple] = Math.max(longest[triple] ?? 0, word.length);
  }
  made = { all, longest };
  return made;
}

/** How many of the letters of `text` (lower case) from `from` to `to` belong to known words of at least 3 letters, longest first. */
function lettersInWords(text: string, from: number, to: number): number {
  const { all, longest } = words();
  let known = 0;
  for (let at = from; at + 3 <= to; ) {
    let length = Math.min(longest[tripleAt(text, at)] ?? 0, to - at);
    while (length >= 3 && !all.has(text.slice(at, at + length))) length -= 1;
    if (length >= 3) known += length;
    at += length >= 3 ? length : 1;
  }
  return known;
}

/**
 * From 0 to 1: the part of the letters of `text` that belong to known words. 1 for a text without letters. With `camel`, a word
 * begins at a capital after a small letter.
 */
export function wordPart(text: string, camel = false): number {
  const lower = text.toLowerCase();
  let letters = 0;
  let known = 0;
  for (let at = 0; at < lower.length; ) {
    const from = at;
    while (at < lower.length && isSmall(lower.charCodeAt(at)) && !(camel && at > from && beginsInCamel(text, at))) at += 1;
    letters += at - from;
    known += lettersInWords(lower, from, at);
    if (at === from) at += 1;
  }
  return letters === 0 ? 1 : known / letters;
}

const beginsInCamel = (text: string, at: number): boolean => isCapital(text.charCodeAt(at)) && isSmall(text.charCodeAt(at - 1));

/** Whether `word` (lower case) is one of the vocabulary, or made of such words. */
export const isKnownWord = (word: string): boolean =>
  word.length >= 3 && /^[a-z]+$/.test(word) && lettersInWords(word, 0, word.length) === word.length;

/** Binary logarithm of how much more frequent a pair of letters is in words than by chance. */
let pairScores: Float32Array | undefined;

function pairsOf(source: Iterable<string>): Float32Array {
  const counts = new Float64Array(26 * 26).fill(0.5);
  let total = counts.length * 0.5;
  for (const word of source) {
    for (let at = 1; at < word.length; at += 1) {
      const pair = (word.charCodeAt(at - 1) - A) * 26 + word.charCodeAt(at) - A;
      counts[pair] = (counts[pair] ?? 0) + 1;
      total += 1;
    }
  }
  return Float32Array.from(counts, (count) => Math.log2((count / total) * counts.length));
}

/**
 * How much the letters of `text` follow each other as in words: about 1 for words of European languages, below 0 for letters by
 * chance. 0 when there are no two letters side by side. `camel` as for `wordPart`.
 */
export function wordLikeness(text: string, camel = false): number {
  pairScores ??= pairsOf(words().all);
  let sum = 0;
  let pairs = 0;
  for (let at = 1; at < text.length; at += 1) {
    const [first, second] = [text.charCodeAt(at - 1), text.charCodeAt(at)];
    if (!isLetter(first) || !isLetter(second) || (camel && beginsInCamel(text, at))) continue;
    sum += pairScores[((first | 32) - A) * 26 + (second | 32) - A] ?? 0;
    pairs += 1;
  }
  return pairs === 0 ? 0 : sum / pairs;
}
