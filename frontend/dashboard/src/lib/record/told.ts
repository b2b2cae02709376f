import { dayAndTime } from '@/lib/format';

type Part = Readonly<Record<string, unknown>>;

/** What a request tells of a payment beside amount, user and merchant: a name and a text for each thing that it tells. */
export function toldFacts(request: Part): [name: string, text: string][] {
  const [card, device, customer, merchant] = ['card', 'device', 'customer', 'merchant'].map((name) => part(request, name));
  const opened = text(customer, 'created_at');
  const facts: [string, string | null][] = [
    ['Card', joined([text(card, 'funding'), text(card, 'bin') && `${text(card, 'bin')}…${text(card, 'last4') ?? ''}`, text(card, 'token')])],
    ['Device', joined([text(device, 'id'), text(device, 'ip')])],
    ['Buyer', joined([text(customer, 'email_domain') && `mail at ${text(customer, 'email_domain')}`, opened && `account since ${dayAndTime(opened)}`])],
    ['Countries', joined(COUNTRIES.map(([name, word]) => text(part(request, name), 'country') && `${word} ${text(part(request, name), 'country')}`))],
    ['Category', text(merchant, 'category') ?? text(merchant, 'mcc')],
    ['Paid by', joined([text(request, 'payment_method'), text(request, 'channel')])],
  ];
  return facts.filter((fact): fact is [string, string] => fact[1] !== null);
}

const COUNTRIES = [
  ['card', 'card'],
  ['location', 'buyer in'],
  ['billing', 'bill to'],
  ['shipping', 'goods to'],
  ['merchant', 'merchant'],
] as const;

function part(request: Part, name: string): Part {
  const value = request[name];
  return typeof value === 'object' && value !== null ? (value as Part) : {};
}

function text(of: Part | undefined, name: string): string | null {
  const value = of?.[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

function joined(texts: (string | null)[]): string | null {
  return texts.filter(Boolean).join(', ') || null;
}
