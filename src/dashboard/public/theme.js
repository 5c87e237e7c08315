// Before the first paint, so that nobody who chose dark sees a white flash. The page works without it.
try {
  const theme = localStorage.getItem('sallyport-theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Storage is switched off: the theme of the system holds.
}
