// Before the first paint, so that a dark page never flashes white. Kept out of the page: the policy allows no inline scripts.
try {
  const theme = localStorage.getItem('sentinel-theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // storage is forbidden here: the system's theme it is
}
