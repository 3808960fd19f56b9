// A table that is wider than the page scrolls; with a tab stop it does so by keyboard, too (WCAG 2.1.1).
// The theme wraps tables after the page has loaded, so the wrappers are observed.
new MutationObserver(() => {
  for (const wrapper of document.querySelectorAll(".md-typeset__scrollwrap:not([tabindex])")) wrapper.tabIndex = 0;
}).observe(document.body, { childList: true, subtree: true });
