// What every check of a screen does: press what leads to it, and judge what stands there. Faults are lines of text.

export const id = (name) => `[data-testid="${name}"]`;

/** Notes breaches of the policy and errors of a page, from its first script on. */
export async function watched(page, name, found) {
  await page.addInitScript(() => {
    globalThis.breaches = [];
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, sample }) => { globalThis.breaches.push(`${violatedDirective} ${sample}`); });
  });
  page.on('pageerror', (error) => found.push(`${name}: ${error.message}`));
}

/** Does what leads to the screen, then waits until it stands. */
export async function perform(page, { press = [] }, name, found) {
  for (const step of press) {
    if (step.startsWith('key:')) {
      const [selector, key] = step.slice(4).split(/:(?=[A-Z])/);
      await page.locator(selector).first().press(key);
    } else if (step === 'scroll') await page.locator('main').evaluate((main) => { main.scrollTo(0, 520); });
    else if (step.startsWith('fill:')) {
      await page.fill(id('sign-in-server'), step.slice(5));
      await page.fill(id('sign-in-email'), 'kari@example.org');
      await page.fill(id('sign-in-password'), 'secret');
    } else {
      const target = page.locator(step).first();
      await target.waitFor({ timeout: 10_000 }).catch(() => found.push(`${name}: ${step} never came`));
      await target.click({ timeout: 5_000 }).catch((error) => found.push(`${name}: ${step} cannot be pressed: ${error.message.split('\n')[0]}`));
    }
  }
  await page.waitForTimeout(250);
  for (const breach of await page.evaluate(() => globalThis.breaches)) found.push(`${name}: breach of the policy: ${breach}`);
}

/** What axe says about the page, one line for each rule. */
export async function judge(axe) {
  // The policy allows no script that is put in; an evaluated function of the inspector is none.
  if (!globalThis.axe) (0, globalThis.Function)(axe)();
  const { violations } = await globalThis.axe.run(document, { resultTypes: ['violations'] });
  return violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ html, any }) => `${html.slice(0, 160)} ${any[0]?.message ?? ''}`).join(' | ')}`);
}
