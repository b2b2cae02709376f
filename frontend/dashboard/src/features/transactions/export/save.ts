/** Hands a text to the browser as a file to keep. */
export function saveFile(name: string, text: string, type: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url)); // once the download has begun
}

/** "transactions-2026-11-24T10-00-00Z.csv": colons are not allowed in names of files everywhere. */
export function fileName(at: Date): string {
  return `transactions-${at.toISOString().slice(0, 19).replaceAll(':', '-')}Z.csv`;
}
