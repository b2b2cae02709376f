import type { ModelBudget, ModelOutcomes, ScoreGroup } from '@/lib/api/models';
import { count, percent } from '@/lib/format';
import { counted } from '@/lib/words';
import type { Tone } from '@/lib/tone';

/** What became of payments that a model would block, and whether its scores are probabilities: in words. Pure. */

const EACH_KIND_MIN = 20; // the gateway tells no groups below it
const KINDS = [
  ['blocked', 'it blocked'],
  ['reviewed', 'people looked at instead'],
  ['approved', 'were approved'],
] as const;

type WouldBlock = ModelOutcomes['would_block'];

/** The estimate, or why there is none. */
export function falseDeclineSentence({ false_declines: found, genuine_share }: WouldBlock, mayBlock: boolean): string {
  if (genuine_share === null) return 'Not known: none of the payments that it would block has a label yet. A decision of a review is one.';
  if (found === null) return 'Not known: it has scored no payment lately.';
  const range = `${fine(found.low)} to ${fine(found.high)}`;
  return mayBlock
    ? `About ${fine(found.share)} of the genuine payments (${range}) are declined, or go to people above the decline cap.`
    : `None now. If it might block, about ${fine(found.share)} of the genuine payments (${range}) would be declined.`;
}

/** What the estimate rests on; null where it rests on nothing. */
export function basisSentence(wouldBlock: WouldBlock): string | null {
  const found = KINDS.map(([kind, words]) => ({ ...wouldBlock[kind], words })).filter(({ known }) => known > 0);
  const known = found.reduce((sum, one) => sum + one.known, 0);
  if (known === 0) return null;
  const genuine = found.reduce((sum, one) => sum + one.genuine, 0);
  const parts = found.map((one) => `${count(one.genuine)} of ${count(one.known)} that ${one.words}`);
  return `Of ${counted(known, 'payment')} that it would block and that have a label, ${count(genuine)} were genuine: ${parts.join(', ')}.`;
}

/** How many labels are missing before the scores can be held against them; null where there are enough. */
export function missingSentence({ labels, frauds, calibration }: Pick<ModelOutcomes, 'labels' | 'frauds' | 'calibration'>): string | null {
  if (calibration !== null) return null;
  return `Too few labels: ${counted(frauds, 'fraud')} and ${counted(labels - frauds, 'genuine payment')}; it takes ${EACH_KIND_MIN} of each.`;
}

/** Whether the share of frauds is what the scores of these payments foretold. */
export function groupReading({ mean_score, fraud_share }: ScoreGroup): { word: string; tone: Tone } {
  if (mean_score < fraud_share.low) return { word: 'More fraud', tone: 'warn' };
  return mean_score > fraud_share.high ? { word: 'Less fraud', tone: 'warn' } : { word: 'As foretold', tone: 'good' };
}

/** One sentence on all groups. */
export function calibrationSentence(groups: readonly ScoreGroup[]): string {
  const off = groups.filter((group) => groupReading(group).tone !== 'good').length;
  const among = `${counted(groups.length, 'group')} of labelled payments`;
  if (off === 0) return `In all of ${among} there was as much fraud as the scores foretold.`;
  return `In ${count(off)} of ${among} there was more or less fraud than the scores foretold.`;
}

/** Whether a model may block, as its budget says. */
export function mayBlock(models: readonly ModelBudget[], { model }: Pick<ModelOutcomes, 'model'>): boolean {
  return models.some(({ name, version, may_block }) => may_block && name === model.name && version === model.version);
}

/** "0.25 %", "12.3 %": small shares need more digits. */
export function fine(share: number): string {
  return percent(share, share < 0.1 ? 2 : 1);
}
