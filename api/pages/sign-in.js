// The place within a page stands behind the # of its address, which no server is told of: it is
// added to where signing in leads. Without a script it leads to the page all the same.

const place = location.hash;
if (place.length > 1) {
  const next = document.querySelector("input[name=next]");
  if (next && !next.value.includes("#")) next.value += place;
  for (const link of document.querySelectorAll("a[href*='next=']")) {
    const address = new URL(link.href);
    const then = address.searchParams.get("next");
    if (!then.includes("#")) address.searchParams.set("next", then + place);
    link.href = address.href;
  }
}
