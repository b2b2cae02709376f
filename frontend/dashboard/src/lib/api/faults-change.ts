import { useMutation, useQueryClient } from '@tanstack/react-query';
import { put } from './client';
import { FAULTS_KEY, type Faults, type FaultSettings } from './faults';

const TIMEOUT_MS = 6_000; // it asks every brain, and one that is silent takes its second

/** Replaces the faults of every brain. The answer is what each injects afterwards. */
export function useFaultsChange() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (settings: FaultSettings): Promise<Faults> => put('/faults', settings, { timeoutMs: TIMEOUT_MS }),
    onMutate: () => client.cancelQueries({ queryKey: FAULTS_KEY }), // an answer from before it would undo it on the page
    onSuccess: (faults) => client.setQueryData(FAULTS_KEY, faults),
  });
}
