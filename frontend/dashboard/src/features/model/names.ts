/** What the quantities, figures and decisions of a model are called in front of people. */

const QUANTITIES: Record<string, string> = {
  risk_score: 'Risk score',
  amount_to_user_median: "Amount, times the user's usual",
  amount_to_merchant_median: "Amount, times the merchant's usual",
  user_count_30d: 'Payments of the user, 30 days',
  user_hours_since_last: "Hours since the user's last payment",
  merchant_count_7d: 'Payments of the merchant, 7 days',
  merchant_run_frauds: "Frauds in the merchant's present run",
  merchant_risk_37d: 'Share of frauds of the merchant, 37 days',
};

const METRICS: Record<string, string> = {
  auc: 'ROC AUC',
  ap: 'Average precision',
  cp100: 'Card precision at 100 a day',
  recall_1fpr: 'Recall at 1 % false positives',
  recall_01fpr: 'Recall at 0.1 % false positives',
  genuine_declined: 'Genuine payments declined',
  genuine_reviewed: 'Genuine payments reviewed',
  fraud_caught: 'Frauds stopped',
  fraud_value_caught: 'Of their value',
  money: 'Cost of 100,000 payments',
};

/** A quantity that came with a newer model keeps its own name. */
export function quantityName(name: string): string {
  return QUANTITIES[name] ?? name.replaceAll('_', ' ');
}

export function metricName(name: string): string {
  return METRICS[name] ?? name.replaceAll('_', ' ');
}

/** One of those in service: the same artifact may decide here and run in shadow there. */
export function modelKey({ role, name, version, sha256 }: { role: string; name: string; version: string; sha256: string }): string {
  return `${role} ${name} ${version} ${sha256}`;
}

/** "sentinel-gbdt 2.0.0". */
export function modelName({ name, version }: { name: string; version: string }): string {
  return `${name} ${version}`;
}
