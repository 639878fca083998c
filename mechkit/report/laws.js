// The laws move: a slider for each size, and the exact counts at it, from the same coefficients as in report.json.
for (const box of document.querySelectorAll(".laws")) {
  const data = JSON.parse(box.querySelector("script").textContent);
  const sliders = [...box.querySelectorAll("input")];
  const shown = (x) => x.toLocaleString("en-US");

  // A law at some sizes, in whole numbers of any length: over the common denominator.
  const count = (law, sizes) => {
    const values = [...sizes, ...data.powers.map((p) => 2 ** sizes[data.sizes.findIndex((s) => s.name === p.of)])];
    let below = 1n, sum = 0n;
    for (const [, denominator] of law.terms) below *= BigInt(denominator);
    for (const [numerator, denominator, exponents] of law.terms) {
      let term = (BigInt(numerator) * below) / BigInt(denominator);
      exponents.forEach((e, k) => { term *= BigInt(values[k]) ** BigInt(e); });
      sum += term;
    }
    return sum / below;
  };

  const crossover = (law, sizes) => {
    const cheaper = (n) => count(law, [n, ...sizes.slice(1)]) < count(data.laws[0], [n, ...sizes.slice(1)]);
    const steps = data.sizes[0].steps;
    const last = steps.findLastIndex((n) => !cheaper(n));
    if (last < 0) return "every size here";
    if (last === steps.length - 1) return "no size here";
    let n = steps[last] + 1;
    while (!cheaper(n)) n += 1;
    return shown(n);
  };

  const update = () => {
    const sizes = sliders.map((slider, k) => data.sizes[k].steps[slider.value]);
    sliders.forEach((slider, k) => {
      slider.setAttribute("aria-valuetext", `${data.sizes[k].name} = ${shown(sizes[k])}`);
      slider.parentElement.querySelector("output").textContent = shown(sizes[k]);
    });
    const first = count(data.laws[0], sizes);
    box.querySelectorAll("tbody tr").forEach((row, k) => {
      const found = count(data.laws[k], sizes);
      row.cells[2].textContent = shown(found);
      if (k && found > 0n) {
        const factor = Number(first) / Number(found);
        row.cells[3].textContent = factor.toLocaleString("en-US", { maximumSignificantDigits: 3 });
        row.cells[4].textContent = crossover(data.laws[k], sizes);
      }
    });
  };
  sliders.forEach((slider) => slider.addEventListener("input", update));
  box.querySelector(".sliders").hidden = false;
}
addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((d) => { d.open = true; }));
