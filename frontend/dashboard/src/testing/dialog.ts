/** jsdom knows <dialog>, but not how it opens: here it takes the focus, as browsers do, and closes. */
HTMLDialogElement.prototype.showModal = function showModal(): void {
  this.open = true;
  this.querySelector<HTMLElement>('button, [href], input, select, textarea')?.focus();
};
HTMLDialogElement.prototype.close = function close(): void {
  this.open = false;
};
