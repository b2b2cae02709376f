export { toPart, type PageState, type PartState } from '@/lib/part';
