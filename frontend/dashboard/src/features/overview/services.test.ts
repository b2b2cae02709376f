import { describe, expect, it } from 'vitest';
import { aCircuit, aCondition, aHealth, aLedger, aStatus, aTraffic } from '@/testing/answers';
import { toServices } from './services';

const live = { connection: 'live', isOld: false, sinceMs: 0 } as const;
const said = { health: aHealth(), circuit: aCircuit(), ledger: aLedger(), traffic: aTraffic() };
const NOW = Date.parse('2026-11-24T10:00:10Z');
const words = (services: ReturnType<typeof toServices>) => services.map(({ name, word }) => `${name}: ${word}`);

describe('the services', () => {
  it('are up while all is well, with how fast and how much', () => {
    const services = toServices(live, said, NOW);
    expect(words(services)).toEqual(['Gateway: Up', 'Brain brain:50051: Up', 'Ledger: Up']);
    expect(services.map(({ detail }) => detail).slice(0, 2)).toEqual(['answers in 4.2 ms (p50 of the last 10 s)', '1,204 scores given, 2 waiting']);
  });

  it('are not known one by one, where only one answer is missing', () => {
    expect(words(toServices(live, { ...said, circuit: undefined }, NOW))).toEqual(['Gateway: Not known', 'Brain: Not known', 'Ledger: Up']);
  });

  it('name the causes of a gateway that works without its neighbours', () => {
    const health = aStatus(aCondition('LEDGER_DOWN', 'MongoDB does not answer'), aCondition('DEGRADED_VERDICTS', 'Scores are made without history'));
    const [gateway, brain] = toServices(live, { ...said, circuit: aCircuit({ health }) }, NOW);
    expect(gateway).toMatchObject({ tone: 'warn', word: 'Degraded', detail: 'MongoDB does not answer. Scores are made without history.' });
    expect(brain).toMatchObject({ tone: 'warn', word: 'Degraded' });
  });

  it('are not green where faults are injected, and not bad where those cost nothing', () => {
    const health = aStatus(aCondition('INJECTED_FAULTS', 'Faults are injected', { severity: 'notice' }));
    const [gateway] = toServices(live, { ...said, circuit: aCircuit({ health }) }, NOW);
    expect(gateway).toMatchObject({ tone: 'notice', word: 'Up', detail: 'Faults are injected.' });
  });

  it('say which brain is away, silent or unhealthy', () => {
    const [brain] = aCircuit().brains;
    if (!brain) throw new Error('the example has a brain');
    const circuit = aCircuit({
      brains: [
        { ...brain, address: 'a', reach: 'unreachable' },
        { ...brain, address: 'b', is_suspect: true, waiting: 9 },
        { ...brain, address: 'c', is_distrusted: true },
        { ...brain, address: 'd', reach: 'connecting' },
        { ...brain, address: 'e', reach: 'asleep' as typeof brain.reach },
      ],
    });
    expect(words(toServices(live, { ...said, circuit }, NOW)).slice(1, 6)).toEqual([
      'Brain a: Down', 'Brain b: Degraded', 'Brain c: Degraded', 'Brain d: Connecting', 'Brain e: Not known',
    ]);
  });

  it('call the gateway down when it does not answer, whatever it said last', () => {
    expect(words(toServices({ ...live, connection: 'unreachable', isOld: true }, said, NOW))[0]).toBe('Gateway: Down');
  });

  it('warn of a journal that takes nothing while the ledger is up', () => {
    const ledger = aLedger({ journal: { available: false, pending: 0, remembered: 0, lost: 0, free_bytes: 0 } });
    expect(words(toServices(live, { ...said, ledger }, NOW)).at(-1)).toBe('Ledger: Degraded');
  });

  it('say how many verdicts a damaged journal has lost, for as long as that is on record', () => {
    const services = toServices(live, { ...said, ledger: aLedger({ lost: 173 }) }, NOW);
    expect(services.at(-1)).toMatchObject({ tone: 'bad', word: 'Lost' });
    expect(services.at(-1)?.detail).toMatch(/^173 verdicts /);
  });

  it('say of which day it is that the ledger is down since', () => {
    const health = aHealth({ services: { brain: { status: 'up', circuit: 'closed' }, ledger: { status: 'down', since: '2026-11-20T12:00:00Z' } } });
    const services = toServices(live, { ...said, health, ledger: aLedger({ status: 'down' }) }, NOW);
    expect(services.at(-1)?.detail).toMatch(/^since 20 Nov, /);
  });
});
