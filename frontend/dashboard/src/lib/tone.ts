/** What a state means to an operator; each has a colour and an icon of its own (components/ui/chip). */
export type Tone = 'good' | 'bad' | 'warn' | 'blind' | 'notice' | 'unknown';
