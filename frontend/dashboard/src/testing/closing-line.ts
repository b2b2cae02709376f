import type { Reporter, TestModule } from 'vitest/node';

/** Ends the run with `N passed, N failed`, alone on a line, for whoever reads only that. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    let passed = 0;
    // a file that cannot be loaded, or an error outside of any test, is a failure without a test
    let failed = errors.length + modules.filter((file) => file.errors().length > 0).length;
    for (const file of modules) {
      for (const test of file.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed') passed += 1;
        if (state === 'failed') failed += 1;
      }
    }
    process.stdout.write(`${passed} passed, ${failed} failed\n`);
  }
}
